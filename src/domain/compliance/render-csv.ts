import type { Unreadable } from '../../ports/reading.ts';
import type { ComplianceResult } from './compliance-check.ts';
import { complianceCheck, remedyOf } from './compliance-checks.ts';
import { explainUnlisted, inventoryCheckId, type UnlistedPlace } from './unlisted-place.ts';

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

type Row = { readonly [Name in (typeof columns)[number]]?: string | undefined };

/** A result as a line of CSV (RFC 4180: commas, CRLF), its line end included. */
export function csvRow(result: ComplianceResult): string {
  const { resource, checkId, verdict, grade, applies, explanation, exemption, unread } = result;
  const check = complianceCheck(checkId);
  return lineOf({
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
    remedy: remedyOf(result),
    references: check?.references.map(({ source, id }) => `${source} ${id}`).join('; '),
    unread: unread?.map(unreadOf).join('; '),
  });
}

/** A place that could not be listed, as a line like that of a result: of the check `inventory`, without a resource. */
export function csvUnlistedRow(place: UnlistedPlace): string {
  return lineOf({
    account: place.scope.account,
    region: place.scope.region,
    type: place.type,
    check: inventoryCheckId,
    verdict: 'indeterminate',
    applies: 'yes',
    exempt: 'no',
    explanation: explainUnlisted(place),
    unread: unreadOf(place.reading),
  });
}

function unreadOf({ api, reason, code }: Unreadable): string {
  return `${api} ${reason} ${code}`;
}

function lineOf(row: Row): string {
  return `${columns.map(column => cellOf(row[column] ?? '')).join(',')}\r\n`;
}

/** What a spreadsheet takes for a formula, also after it has cut white space or folded full-width letters. */
const formula = /^[\s\0]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/u;

/** https://owasp.org/www-community/attacks/CSV_Injection: an apostrophe before it, in quotes, makes a formula a text. */
function cellOf(text: string): string {
  return `"${formula.test(text) ? "'" : ''}${text.replaceAll('"', '""')}"`;
}
