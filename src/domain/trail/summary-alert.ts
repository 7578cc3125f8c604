import { createHash } from 'node:crypto';
import type { Alert } from '../../ports/alert-channel.ts';
import type { AlertWindow, AlertWindowState } from '../../ports/alert-windows.ts';
import type { JsonObject } from '../../ports/json.ts';
import { countOf, groupLines, shortName, shown } from './alert-text.ts';
import type { FactCounts, SuppressedOccurrence, WindowTally } from './window-tally.ts';

/** Values of one fact, and reasons, that one alert lists; the others are counted. */
const mostListed = 20;

/** Below the 256 KB of SNS for all variants of a message, whose JSON variant is a text within JSON. */
const mostBytes = 200_000;

/** UTF-16 units of what an account, a rule or a team says of itself in what machines get. */
const longestText = 256;

/**
 * Tells what has come together in a window of matches: how many, by event, source address, outcome and so on, the first
 * and the last, and what of it is suppressed and by whom. The same counts give the same `id`; a later summary of the
 * window counts all of it anew.
 */
export function summaryAlert(window: AlertWindowState, tally: WindowTally): Alert {
  const { rule, title, severity, account, group, start, end } = window;
  const { alerted, suppressed } = tally.totals;
  return bounded(window, tally, listed => ({
    kind: 'trail.summary',
    severity,
    title: `${title}: ${countOf(alerted)}${commonOf(group)} in ${shown(account)} (summary)`,
    text: [
      `${title} (rule ${rule}): summary.`,
      ``,
      `Account: ${shown(account)}`,
      `Region:  ${regionsOf(tally)}`,
      ...groupLines(group),
      `Stored:  ${start} to ${end}`,
      `What:    ${countOf(alerted)}${window.announced ? ', the first of which was announced at once' : ''}`,
      ...(tally.alerted === undefined
        ? []
        : [`First:   ${tally.alerted.firstAt}`, `Last:    ${tally.alerted.lastAt}`]),
      ...tally.facts.flatMap(([name, counts]) => [
        '',
        `By ${shown(name).toLowerCase()}:`,
        ...linesOf(counts, listed),
      ]),
      ...(suppressed === 0
        ? []
        : ['', `Beside them, ${countOf(suppressed)} suppressed:`, ...suppressedLines(tally, listed)]),
      ``,
      `All of them are stored, by event id, by event name and day, and by principal and day.`,
    ],
    details: { counts: countsOf(tally, listed) },
  }));
}

/** Tells, at the end of a day, of matches that were suppressed and that no summary has counted. */
export function suppressionAlert(window: AlertWindow, tally: WindowTally): Alert {
  const { rule, title, account, start } = window;
  const { suppressed } = tally.totals;
  const day = start.slice(0, 10);
  return bounded(window, tally, listed => ({
    kind: 'trail.suppressed',
    severity: 'info',
    title: `${title}: ${countOf(suppressed)} suppressed in ${shown(account)} on ${day}`,
    text: [
      `${title} (rule ${rule}): suppressed.`,
      ``,
      `Account: ${shown(account)}`,
      `Region:  ${regionsOf(tally)}`,
      `Day:     ${day} (UTC), by when they were stored`,
      `What:    ${countOf(suppressed)} that nobody was told of, and that no summary counts`,
      ``,
      ...suppressedLines(tally, listed),
      ``,
      `All of them are stored, each with who answers for it and why.`,
    ],
    details: {},
  }));
}

/** The first thing that the events have in common: who acted, or something else. */
function commonOf(group: AlertWindow['group']): string {
  const [name, value] = Object.entries(group).find(([, text]) => text !== '') ?? [];
  if (name === undefined || value === undefined) return '';
  const isWho = /^Principal$|^userIdentity\b/.test(name);
  return isWho ? ` by ${shown(shortName(value))}` : `, ${shown(name)} ${shown(value)},`;
}

type Telling = Pick<Alert, 'kind' | 'severity' | 'title' | 'details'> & { readonly text: readonly string[] };

/** The alert with the longest lists that its channel can carry. */
function bounded(window: AlertWindow, tally: WindowTally, tell: (listed: number) => Telling): Alert {
  const { id: windowId, rule, account, group, start, end } = window;
  const { totals } = tally;
  for (let listed = mostListed; ; listed = Math.floor(listed / 2)) {
    const { text, details, ...telling } = tell(listed);
    const alert: Alert = {
      schemaVersion: 1,
      id: createHash('sha256')
        .update(JSON.stringify([windowId, totals.alerted, totals.suppressed]), 'utf8')
        .digest('hex'),
      ...telling,
      account,
      text: text.join('\n'),
      occurredAt: tally.alerted?.firstAt ?? start,
      correlationId: windowId,
      details: {
        rule,
        regions: tally.regions.slice(0, listed),
        group: { ...group },
        window: { start, end },
        ...totals,
        ...details,
        suppressions: tally.suppressed.slice(0, listed).map(suppressionOf),
      },
    };
    if (listed === 0 || bytesOf(alert) <= mostBytes) return alert;
  }
}

function regionsOf({ regions }: WindowTally): string {
  return shown(regions.join(', ')) || 'unknown';
}

function linesOf({ values, others }: FactCounts, listed: number): readonly string[] {
  const rest = values.slice(listed).reduce((sum, { count }) => sum + count, others);
  return [
    ...values.slice(0, listed).map(({ value, count }) => `- ${count} × ${shown(value)}`),
    ...(rest === 0 ? [] : [`- ${rest} × others`]),
  ];
}

function suppressedLines(tally: WindowTally, listed: number): readonly string[] {
  const rest = tally.suppressed.slice(listed).reduce((sum, { count }) => sum + count, 0);
  return [
    ...tally.suppressed
      .slice(0, listed)
      .map(
        ({ count, owner, reason, firstAt, lastAt }) =>
          `- ${count} × ${shown(reason)} (${shown(owner)}), ${firstAt} to ${lastAt}`,
      ),
    ...(rest === 0 ? [] : [`- ${rest} × other reasons`]),
  ];
}

function countsOf(tally: WindowTally, listed: number): JsonObject {
  return Object.fromEntries(
    tally.facts.map(([name, { values }]) => [
      name,
      values.slice(0, listed).map(({ value, count }) => ({ value, count })),
    ]),
  );
}

function suppressionOf({ owner, reason, ...occurrence }: SuppressedOccurrence): JsonObject {
  return { owner: owner.slice(0, longestText), reason: reason.slice(0, longestText), ...occurrence };
}

/** Bytes of the alert in a message whose variants are the alert as JSON, within JSON, and its text. */
function bytesOf(alert: Alert): number {
  return Buffer.byteLength(JSON.stringify(JSON.stringify(alert)) + JSON.stringify(alert.title + alert.text));
}
