import assert from 'node:assert/strict';

/**
 * Asserts that two values are the same as JSON. Unlike a plain deep comparison it takes values from another realm
 * (a test runner's sandbox) for what they are.
 */
export function assertSameJson(actual: unknown, expected: unknown, message?: string): void {
  assert.deepEqual(plain(actual), plain(expected), message);
}

function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
