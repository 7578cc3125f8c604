import { judgeCharacters } from './object-key-characters.ts';
import { decodeLayer, KeyLayer } from './object-key-layers.ts';
import { defaultObjectKeyPolicy, type ObjectKeyPolicy } from './object-key-policy.ts';
import { judgeSegments } from './object-key-segments.ts';
import { unitsWithin } from './object-key-utf8.ts';
import { KeyViolationLog } from './object-key-violation-log.ts';
import type { KeyViolation } from './object-key-violations.ts';

declare const safe: unique symbol;

/** An object key that {@link parseObjectKey} has accepted: the very string that was given. */
export type SafeObjectKey = string & { readonly [safe]: 'SafeObjectKey' };

export type ObjectKeyOutcome =
  | { readonly outcome: 'accepted'; readonly key: SafeObjectKey }
  | { readonly outcome: 'refused'; readonly violations: readonly KeyViolation[] };

/**
 * Decides whether an object key is a plain relative name to every reader that may see it after us: one that
 * decodes percent signs, entities or backslashes, once or more; that normalizes Unicode; that runs on Windows.
 * So the key is judged as given, and again after each decoding, until it no longer changes.
 *
 * Never throws and never alters the key. Takes time in proportion to the key's length; a key beyond
 * `policy.maxBytes` is refused unread.
 *
 * @param raw The key as stored (form-decoded once if it comes from an S3 notification), or its bytes.
 *
 * @example
 * const parsed = parseObjectKey('reports/2026/Re: offer (final) v2.pdf');
 * if (parsed.outcome === 'refused') log(parsed.violations);
 */
export function parseObjectKey(
  raw: string | Uint8Array,
  policy: ObjectKeyPolicy = defaultObjectKeyPolicy,
): ObjectKeyOutcome {
  const log = new KeyViolationLog();
  const text = readWithin(raw, policy, log);
  if (text === '') log.add('empty-key', 0, 'the key is empty');
  else if (text !== undefined) judgeReadings(text, policy, log);
  if (text === undefined || !log.empty) return { outcome: 'refused', violations: log.inOrder() };
  return { outcome: 'accepted', key: text as SafeObjectKey };
}

/** The key as text; `undefined` (and a violation) where it is longer than the policy has it. */
function readWithin(
  raw: string | Uint8Array,
  { maxBytes }: ObjectKeyPolicy,
  log: KeyViolationLog,
): string | undefined {
  const fitting = typeof raw === 'string' ? unitsWithin(raw, maxBytes) : Math.min(raw.length, maxBytes);
  if (fitting === raw.length) return typeof raw === 'string' ? raw : decodeUtf8(raw);
  const position = typeof raw === 'string' ? fitting : decodeUtf8(raw.subarray(0, maxBytes), true).length;
  log.add('too-long', position, `the key has more than ${maxBytes} bytes of UTF-8`);
  return undefined;
}

/** U+FFFD stands for what is not UTF-8, and is refused as a character. `cut`: leaves out a character cut off. */
function decodeUtf8(bytes: Uint8Array, cut = false): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes, { stream: cut });
}

function judgeReadings(text: string, policy: ObjectKeyPolicy, log: KeyViolationLog): void {
  let layer: KeyLayer | undefined = new KeyLayer(text);
  while (layer !== undefined && !log.full) {
    judgeCharacters(layer, policy, log);
    judgeSegments(layer, policy, log);
    const next = decodeLayer(layer, policy, log);
    if (next !== undefined && layer.decodings === policy.maxDecodings) {
      log.add('nested-encoding', next.decodedFrom, `the key still decodes${layer.hint}`);
      return;
    }
    layer = next;
  }
}
