import { printableText } from '../../domain/kernel/printable-text.ts';
import type { TrailMatch } from '../../domain/trail/filter-trail-log.ts';
import { principalOf } from '../../domain/trail/trail-record.ts';
import type { TrailRules } from '../../domain/trail/trail-rules.ts';
import type { JsonValue } from '../../ports/json.ts';
import { printableJson } from './printable-json.ts';
import { printablePath } from './printable-path.ts';

/** What is written of a match in a file: a line for each of its rules, without a line feed at the end. */
export type MatchFormat = (match: TrailMatch, file: string) => string;

/** Lines of JSON, the same keys in the same order in each. */
export const matchAsJson: MatchFormat = ({ record, rules }, file) =>
  rules
    .map(rule =>
      printableJson({
        rule,
        eventID: textOrNull(record['eventID']),
        eventName: textOrNull(record['eventName']),
        eventTime: textOrNull(record['eventTime']),
        principal: principalOf(record) ?? null,
        sourceIPAddress: textOrNull(record['sourceIPAddress']),
        file,
      }),
    )
    .join('\n');

/** Columns for people: the widths fit what the rules can match, and most of the rest. */
export function matchAsText({ rules }: TrailRules): MatchFormat {
  const ruleWidth = longest(rules.map(({ id }) => id));
  const eventWidth = longest(rules.flatMap(({ monitoredEvents = [] }) => monitoredEvents));
  return ({ record, rules: matched }, file) => {
    const shown = (value: JsonValue | undefined) => printableText(textOrNull(value) ?? '-');
    const time = shown(record['eventTime']).padEnd('2026-11-21T08:00:00Z'.length);
    const event = shown(record['eventName']).padEnd(eventWidth);
    const principal = shown(principalOf(record)).padEnd(50);
    const address = shown(record['sourceIPAddress']).padEnd('255.255.255.255'.length);
    const path = printablePath(file);
    return matched
      .map(rule => [time, rule.padEnd(ruleWidth), event, principal, address, path].join('  '))
      .join('\n');
  };
}

/** Beyond which a single long name does not widen a column. */
const maxWidth = 32;

function longest(names: readonly string[]): number {
  return names.reduce((width, { length }) => (length <= maxWidth ? Math.max(width, length) : width), 0);
}

function textOrNull(value: JsonValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
