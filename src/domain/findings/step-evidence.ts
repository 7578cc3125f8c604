import { createHash } from 'node:crypto';
import type { JsonValue } from '../../ports/json.ts';
import type { Condition } from './remediation-plan.ts';

/** Bytes of evidence, as JSON, that the steps of one remediation may take together: an item of the ledger holds 400 KB. */
const mostBytes = 200_000;

/** A bucket policy (20 KB), written as JSON within JSON, stays whole. */
const mostBytesOfStep = 25_000;

/** Bytes that one side (before, after) of one step's evidence may take where there are so many steps. */
export function evidenceLimit(steps: number): number {
  return Math.min(mostBytesOfStep, Math.floor(mostBytes / (2 * Math.max(1, steps))));
}

/**
 * The facts that the conditions are about, `null` where there is no such fact. Where they take more bytes than `limit`, the
 * larger ones are given by size and digest.
 */
export function evidenceOf(
  conditions: readonly Condition[],
  facts: Readonly<Record<string, JsonValue>>,
  limit: number,
): JsonValue {
  const names = [...new Set(conditions.map(({ fact }) => fact))];
  const whole = names.map((name): [string, JsonValue] => [name, (facts[name] ?? null) as JsonValue]);
  if (bytesOf(Object.fromEntries(whole)) <= limit) return Object.fromEntries(whole);
  const share = Math.floor(limit / names.length);
  return Object.fromEntries(
    whole.map(([name, value]) => [name, bytesOf(value) <= share ? value : digestOf(value)]),
  );
}

function bytesOf(value: JsonValue): number {
  return Buffer.byteLength(JSON.stringify(value));
}

function digestOf(value: JsonValue): JsonValue {
  const text = JSON.stringify(value);
  return { bytes: Buffer.byteLength(text), sha256: createHash('sha256').update(text).digest('hex') };
}
