import { printableText } from '../kernel/printable-text.ts';

/** UTF-16 units shown of a text from outside. */
const longestText = 256;

/** A text from outside, as an alert shows it. */
export function shown(text: string, limit = longestText): string {
  return printableText(text, limit);
}

/** What people call a principal: the ARN without its service and account. */
export function shortName(principal: string): string {
  return principal.startsWith('arn:') ? principal.split(':').slice(5).join(':') || principal : principal;
}

/** What the events of a window have in common, a line each, but for what is said already. */
export function groupLines(
  group: Readonly<Record<string, string>>,
  said: readonly string[] = [],
): readonly string[] {
  return Object.entries(group)
    .filter(([, value]) => !said.includes(value))
    .map(([name, value]) => `${shown(name)}: ${value === '' ? 'none' : shown(value)}`);
}

export function countOf(events: number): string {
  return events === 1 ? '1 event' : `${events} events`;
}
