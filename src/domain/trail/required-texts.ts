import type { PatternAlternative } from './event-pattern/parse-event-pattern.ts';

/** The texts, one of which a field must equal for any of the alternatives to match; `undefined` where others would do. */
export function requiredTexts(
  alternatives: readonly PatternAlternative[],
  path: string,
): readonly string[] | undefined {
  const texts: string[] = [];
  for (const alternative of alternatives) {
    for (const test of alternative.get(path) ?? [undefined]) {
      if (test?.kind !== 'equals' || typeof test.value !== 'string') return undefined;
      texts.push(test.value);
    }
  }
  return texts;
}
