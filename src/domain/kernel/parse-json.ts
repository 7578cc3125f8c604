import type { JsonValue } from '../../ports/json.ts';

/** What the text holds; `undefined` where it is no JSON. The error of `JSON.parse` would show what it holds. */
export function parseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}
