import { createHash } from 'node:crypto';
import { pageBody } from './page-body.ts';
import { pageScript } from './page-script.ts';
import { pageStyle } from './page-style.ts';
import type { ReportData } from './report-data.ts';

/**
 * The report as one page, piece by piece. It loads nothing: its policy lets no request leave, and no script run but its
 * own. What comes from the logs stands in it only as JSON that has none of the characters that HTML acts on.
 */
export function* renderReport(data: ReportData): Generator<string> {
  const script = pageScript();
  yield `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf(script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>CloudTrail report</title>
<style>${pageStyle}</style>
</head>
<body>
${pageBody}
<script type="application/json" id="report-data">`;
  yield* jsonPieces(data);
  yield `</script>
<script>${script}</script>
</body>
</html>
`;
}

/**
 * Content Security Policy Level 3 (W3C): a hash lets one inline element in and needs no 'unsafe-inline'. Trusted types shut
 * the doors through which a text could become markup.
 */
function policyOf(script: string): string {
  return [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(pageStyle)}`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`;
}

/** Members of a long list that are written at a time. */
const batch = 1000;

/** The JSON of the data, whose long lists would make one text too large. */
function* jsonPieces(data: ReportData): Generator<string> {
  let before = '{';
  for (const [name, value] of Object.entries(data)) {
    yield `${before}${harmlessJson(name)}:`;
    if (Array.isArray(value)) yield* listPieces(value);
    else yield harmlessJson(value);
    before = ',\n';
  }
  yield '}';
}

function* listPieces(list: readonly unknown[]): Generator<string> {
  yield '[';
  for (let at = 0; at < list.length; at += batch) {
    yield (at === 0 ? '' : ',\n') + harmlessJson(list.slice(at, at + batch)).slice(1, -1);
  }
  yield ']';
}

/**
 * JSON that means the same and ends no element: what HTML acts on within a script (`<`, `&` in older forms, `>`), and the
 * two line ends that JavaScript once did not take in a string, are written as `\u003c`.
 */
export function harmlessJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[<>&\u2028\u2029]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
