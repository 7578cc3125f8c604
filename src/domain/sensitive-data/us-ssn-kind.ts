import { isTableOfNumbers } from './number-table.ts';
import type { SensitiveCandidate, SensitiveKind, SensitiveMatch } from './sensitive-kind.ts';
import { titleLabel, valueLabel } from './value-label.ts';

/**
 * US social security numbers: area, group and serial as the Social Security Administration assigns them, with hyphens or
 * blanks; nine digits in a row only beside a word for them, or below it in a table.
 */
export const usSsnKind: SensitiveKind = {
  name: 'us-ssn',
  pattern:
    /(?<![0-9]\u200b{0,8})[0-8](?:\u200b{0,8}[0-9]){2}[ .\-\u200b]{0,14}[0-9]\u200b{0,8}[0-9][ .\-\u200b]{0,14}[0-9](?:\u200b{0,8}[0-9]){3}(?![0-9])/,
  longest: 96,
  check: checkSsn,
};

/** Printed in advertisements and on sample cards; nobody's, or no longer (SSA, "Social Security Cards Issued by Woolworth"). */
const advertised: ReadonlySet<string> = new Set(['078051120', '219099999', '457555462', '987654320']);

const ssnSign =
  /(?<![a-z])(?:ssns?(?![a-z])|s\.\s?s\.(?:\s?n\.?| ?(?:#|no))|ss ?#|ss no(?![a-z])|ss number|ssnum|soc\.?[ _-]?sec|social[ _.-]?sec(?:urity|\.?(?![a-z]))|socialsec\p{L}*|(?:my|your|his|her|their|full) social(?![a-z])|social ?(?:#|number|no(?![a-z])|is(?![a-z])|:)|seguro social)/u;
const everySsnSign = new RegExp(ssnSign, 'gu');
const ssnLabel = /^(?:ssn|ssns|social|security|seguro|soc|sec)$/;
const otherLabel =
  /^(?:order|invoice|inv|tracking|track|reference|ref|confirmation|booking|ticket|case|claim|policy|phone|telephone|tel|ext|extension|mobile|cell|fax|call|serial|sn|sku|upc|ean|isbn|barcode|batch|lot|part|parts|item|article|product|model|asset|timestamp|ts|epoch|date|routing|aba|account|acct|zip|postal|ein|fein|employer|membership|license|licence|passport|npi|vin|build|version|catalog|catalogue|po|rma|telefon|handy|bestell\p{L}*|artikel\p{L}*)$/u;
/** Of nine digits in a row, what names a person's other number. */
const otherBareLabel = /^(?:id|ids|uid|itin|customer|client|employee|member|patient|user|kunden\p{L}*)$/u;

/** Whose number it is, or what else it may be. */
const besideSsn =
  /^(?:or|and|tax|taxpayer|tin|itin|ein|fein|id|us|last|current|former|employer|employee|member|patient|client|customer|applicant|spouse|dependent|beneficiary|subscriber|insured|holder|security|sec)$/;

function checkSsn(candidate: SensitiveCandidate): SensitiveMatch | undefined {
  const { value, before, after } = candidate;
  const digits = value.replaceAll(/[^0-9]/g, '');
  if (!isAssigned(digits) || !standsAlone(before, after)) return undefined;
  const [first = '', second = ''] = value
    .replaceAll('\u200b', '')
    .split(/[0-9]+/)
    .slice(1, 3);
  const separated = first === second && /^(?: |-| - )$/.test(first);
  const bySign = signOf(candidate, separated);
  if (bySign === 'other') return undefined;
  if (bySign !== 'ssn' && (!separated || (first === ' ' && !isLine(before, after)))) return undefined;
  // Nine digits in two groups or with other separators are a number of another kind, but beside the word.
  return {
    confidence: separated && first !== ' ' ? 'high' : 'medium',
    reason: `social security number, ${separated ? 'in groups' : 'nine digits'}${bySign === 'ssn' ? ', named as such' : ''}`,
    masked: `***-**-${digits.slice(-4)}`,
  };
}

/** Areas 000, 666 and 900 to 999, group 00 and serial 0000 are never assigned (SSA, POMS RM 10201). */
function isAssigned(digits: string): boolean {
  const area = digits.slice(0, 3);
  if (area === '000' || area === '666' || area.startsWith('9')) return false;
  return digits.slice(3, 5) !== '00' && !digits.endsWith('0000') && !advertised.has(digits);
}

/** What a number is written right behind. */
const gluedName = /(?:ssn|ss|no|nr)[-._/]?\u200b*$/i;

/** No part of a longer number, of an amount or of a code. */
function standsAlone(before: string, after: string): boolean {
  const isGlued = /(?:[\p{L}\d]|[\p{L}\d][-./_]|[+$€£¥.])\u200b*$/u.test(before);
  if (isGlued && !gluedName.test(before) && !/\p{Ll}{2}_$/u.test(before)) return false;
  return !/^\u200b*(?:[\p{L}\d]|(?!_\p{Lu}\p{Ll})[-._/@]\u200b*[\p{Lu}\d]|[-/]\p{L}|%)/u.test(after);
}

/** Whether it has its line to itself, and is no row of a table. */
function isLine(before: string, after: string): boolean {
  return (
    /(?:^|\n)[\s\u200b]*$/.test(before) &&
    /^[\s\u200b]*(?:$|\n)/.test(after) &&
    !isTableOfNumbers(before, after)
  );
}

/** What the words beside the number call it. */
function signOf(candidate: SensitiveCandidate, separated: boolean): 'ssn' | 'other' | 'none' {
  const { before, after, columnTitle, sinceLast } = candidate;
  const isOther = ([word = '']: readonly string[]) =>
    otherLabel.test(word) || (!separated && otherBareLabel.test(word));
  if (columnTitle !== undefined) {
    const words = titleLabel(columnTitle).words;
    if (isNamed(words, '') || ssnSign.test(columnTitle.replaceAll('_', ' ').toLowerCase())) return 'ssn';
    if (isOther(words)) return 'other';
  }
  const { words } = valueLabel(before);
  if (isNamed(words, before)) return 'ssn';
  if (isOther(words)) return separated && ssnSign.test(before.slice(-40).toLowerCase()) ? 'ssn' : 'other';
  const isListed =
    sinceLast !== undefined && sinceLast <= 24 && listJoint.test(before.slice(before.length - sinceLast));
  return isListed || isSignedNear(before, after) ? 'ssn' : 'none';
}

/** `SSN: …`, `SSN/ITIN: …`, `SSN of the patient: …`. */
function isNamed(words: readonly string[], before: string): boolean {
  const at = words.findIndex(word => /^ssns?$/.test(word));
  if (at >= 0 && words.slice(0, at).every(word => besideSsn.test(word))) return true;
  return ssnLabel.test(words[0] ?? '') && ssnSign.test(before.slice(-64).toLowerCase());
}

/** In a list: `SSNs: 123-45-6789, 234-56-7890`. */
const listJoint = /^(?:[\s,;&|"']|and)*$/;

function isSignedNear(before: string, after: string): boolean {
  const lead = before.slice(-60);
  const keyword = [...lead.toLowerCase().matchAll(everySsnSign)].at(-1);
  if (keyword !== undefined) {
    const gap = lead.slice(keyword.index + keyword[0].length);
    // Another number, or another field of a record, took the word.
    if (!/\d{3}|[{};]|["'][\s]*[,:]|\n\s*\n/.test(gap.replace(/^["'\]\s]*[:=,]?/, ''))) return true;
  }
  return ssnSign.test(after.slice(0, 24).toLowerCase()) && !/^[^(]*[\n,;:]/.test(after.slice(0, 24));
}
