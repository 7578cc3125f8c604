import { hash } from 'node:crypto';
import type { DeviceRecord, LosslessJson } from '../../ports/record-store.ts';
import { canonicalDecimal } from './decimal.ts';
import { isList, isObject } from './item-limits.ts';

const digestWords = 4;
/** A key's digest and that of what stands under it. */
const slotWords = 2 * digestWords;
const firstSlots = 1024;

export type Sighting = 'first' | 'identical' | 'conflicting';

/**
 * Remembers the records of one file by digests, in 32 bytes a slot, half of the slots empty at most times: half a million
 * records take 32 MiB. Two records are identical if they say the same, whatever the order of their names and the writing
 * of their numbers. Digests are SHA-256 cut to 128 bits: nobody can make two records meet.
 */
export class SeenRecords {
  #slots = new Uint32Array(firstSlots * slotWords);
  #taken = new Uint8Array(firstSlots);
  #count = 0;

  /** Meets a record; the first of a key is remembered. */
  meet(record: DeviceRecord): Sighting {
    if (3 * this.#count >= 2 * this.#taken.length) this.#grow();
    const key = digestOf(`${canonicalText(record.deviceId)}${record.timestamp}`);
    const content = digestOf(`${canonicalText(record.value)}${canonicalText(record.attributes)}`);
    const slot = this.#slotOf(key);
    const at = slot * slotWords;
    if (this.#taken[slot] === 0) {
      this.#taken[slot] = 1;
      this.#count += 1;
      this.#slots.set(key, at);
      this.#slots.set(content, at + digestWords);
      return 'first';
    }
    return this.#holds(content, at + digestWords) ? 'identical' : 'conflicting';
  }

  /** The slot that holds the key, or the free one where it belongs. */
  #slotOf(key: Uint32Array): number {
    const slots = this.#taken.length;
    let slot = (key[0] ?? 0) % slots;
    while (this.#taken[slot] === 1 && !this.#holds(key, slot * slotWords)) slot = (slot + 1) % slots;
    return slot;
  }

  #holds(digest: Uint32Array, at: number): boolean {
    return digest.every((word, place) => this.#slots[at + place] === word);
  }

  #grow(): void {
    const slots = this.#slots;
    const taken = this.#taken;
    this.#slots = new Uint32Array(2 * slots.length);
    this.#taken = new Uint8Array(2 * taken.length);
    for (let slot = taken.indexOf(1); slot !== -1; slot = taken.indexOf(1, slot + 1)) {
      const held = slots.subarray(slot * slotWords, (slot + 1) * slotWords);
      const place = this.#slotOf(held.subarray(0, digestWords));
      this.#taken[place] = 1;
      this.#slots.set(held, place * slotWords);
    }
  }
}

function digestOf(text: string): Uint32Array {
  // As a text of Latin-1, which costs a third of what a buffer does.
  const bytes = hash('sha256', text, 'binary');
  const digest = new Uint32Array(digestWords);
  for (let word = 0; word < digestWords; word += 1) {
    const at = 4 * word;
    const [high, low] = [pairAt(bytes, at), pairAt(bytes, at + 2)];
    digest[word] = high * 0x10000 + low;
  }
  return digest;
}

function pairAt(bytes: string, at: number): number {
  return bytes.charCodeAt(at) * 0x100 + bytes.charCodeAt(at + 1);
}

/** The same text for values that say the same, and no others: a text within it is told by its length. */
function canonicalText(value: LosslessJson): string {
  if (typeof value === 'string') return `${value.length}"${value}`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (isList(value)) return `[${value.map(canonicalText).join()}]`;
  if (!isObject(value)) return canonicalDecimal(value.digits);
  const members: string[] = [];
  for (const [name, member] of value) members.push(`${canonicalText(name)}:${canonicalText(member)}`);
  return `{${members.sort().join()}}`;
}
