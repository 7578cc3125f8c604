import type { ReportData, ReportRule } from '../report-data.ts';
import { countText, element, matchesText, part } from './elements.ts';
import { timeText } from './time-buckets.ts';

/** Writes what no filter changes: the summary, what the reader must know before the rest, failed files, rules. */
export function writeFacts(data: ReportData): void {
  writeSummary(data);
  writeWarnings(data);
  writeFailures(data);
  writeRules(data);
}

function writeSummary(data: ReportData): void {
  const { files, records, matched, skipped, failed } = data.counts;
  const { times } = data;
  const facts: readonly (readonly [string, string])[] = [
    ['Made', `${data.generatedAt.slice(0, 19).replace('T', ' ')} UTC`],
    ['Files', `${countText(files)}, of which ${countText(skipped)} skipped and ${countText(failed)} failed`],
    ['Records', countText(records)],
    ['Matches', countText(matched)],
    ['First match', times === null ? '—' : `${timeText(times[0])} UTC`],
    ['Last match', times === null ? '—' : `${timeText(times[1])} UTC`],
    ['Rules', countText(data.ruleCount)],
    ['Hash of the rules', data.rulesHash],
  ];
  part('summary').replaceChildren(
    ...facts.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value))),
  );
}

function writeWarnings(data: ReportData): void {
  const { files, failed, skipped, matched } = data.counts;
  const unlisted = matched - data.matches.length;
  const warnings = [
    ...(files === skipped ? ['No log was found: nothing was looked at.'] : []),
    ...(failed === 0
      ? []
      : [
          `${countText(failed)} ${failed === 1 ? 'file' : 'files'} could not be read to the end. What ${failed === 1 ? 'it holds' : 'they hold'} beyond that was not looked at.`,
        ]),
    ...(unlisted === 0
      ? []
      : [
          `${matchesText(unlisted)} more than this page holds. They are counted in the summary and in the rules below, and nowhere else.`,
        ]),
  ];
  part('warnings').replaceChildren(...warnings.map(text => element('p', { class: 'warning' }, text)));
}

function writeFailures({ failures, counts }: ReportData): void {
  part('failures').hidden = counts.failed === 0;
  part('failure-rows').replaceChildren(
    ...failures.map(({ file, reason }) =>
      element('tr', {}, element('th', { scope: 'row' }, file), element('td', {}, reason)),
    ),
  );
  const rest = counts.failed - failures.length;
  part('failures-rest').textContent =
    rest === 0 ? '' : `${countText(rest)} more failed, which are not listed.`;
}

function writeRules(data: ReportData): void {
  const rows = data.rules
    .map((rule, place) => ({ rule, matches: data.ruleMatches[place] ?? 0 }))
    .sort((a, b) => b.rule.severity - a.rule.severity || b.matches - a.matches);
  part('rule-rows').replaceChildren(
    ...rows.map(({ rule, matches }) => {
      const severity = data.severities[rule.severity] ?? '';
      return element(
        'tr',
        {},
        element('td', {}, element('span', { class: `severity ${severity}` }, severity)),
        element('th', { scope: 'row' }, rule.title, ' ', element('span', { class: 'quiet' }, rule.id)),
        element('td', { class: 'number' }, countText(matches)),
        element('td', {}, ...referencesOf(rule)),
      );
    }),
  );
  const rest = data.ruleCount - data.rules.length;
  part('rules-rest').textContent =
    rest === 0 ? '' : `${countText(rest)} more rules, none of which matched, are not listed.`;
}

function referencesOf({ references }: ReportRule): readonly HTMLElement[] {
  return references.map(reference => {
    // No other scheme is followed, `javascript:` least of all.
    const link = /^https:\/\/[^\s]+$/.test(reference)
      ? element('a', { href: reference, rel: 'noreferrer noopener', target: '_blank' }, reference)
      : reference;
    return element('div', {}, link);
  });
}
