import type { ComplianceResult } from './compliance-check.ts';
import { complianceCheck } from './compliance-checks.ts';

const columns = [
  'account',
  'region',
  'type',
  'resource',
  'check',
  'title',
  'severity',
  'verdict',
  'grade',
  'applies',
  'exempt',
  'exemptionOwner',
  'exemptionExpires',
  'exemptionReason',
  'explanation',
  'remedy',
  'references',
  'unread',
] as const;

/** The first line of a file of results, its line end included. */
export const csvHeader: string = `${columns.join(',')}\r\n`;

/** A result as a line of CSV (RFC 4180: commas, CRLF), its line end included. */
export function csvRow(result: ComplianceResult): string {
  const { resource, checkId, verdict, grade, applies, explanation, exemption, unread } = result;
  const check = complianceCheck(checkId);
  const cells: Readonly<Record<(typeof columns)[number], string | undefined>> = {
    account: resource.account,
    region: resource.region,
    type: resource.type,
    resource: resource.arn,
    check: checkId,
    title: check?.title,
    severity: check?.severity,
    verdict,
    grade,
    applies: applies === false ? 'no' : 'yes',
    exempt: exemption === undefined ? 'no' : 'yes',
    exemptionOwner: exemption?.owner,
    exemptionExpires: exemption?.expires,
    exemptionReason: exemption?.reason,
    explanation,
    remedy: verdict === 'fail' ? check?.remedy : undefined,
    references: check?.references.map(({ source, id }) => `${source} ${id}`).join('; '),
    unread: unread?.map(({ api, reason, code }) => `${api} ${reason} ${code}`).join('; '),
  };
  return `${columns.map(column => cellOf(cells[column] ?? '')).join(',')}\r\n`;
}

/** What a spreadsheet takes for a formula, also after it has cut white space or folded full-width letters. */
const formula = /^[\s\0]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/u;

/** https://owasp.org/www-community/attacks/CSV_Injection: an apostrophe before it, in quotes, makes a formula a text. */
function cellOf(text: string): string {
  return `"${formula.test(text) ? "'" : ''}${text.replaceAll('"', '""')}"`;
}
