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
  /** The digests of the record that is met. */
  readonly #met = new Uint32Array(slotWords);

  /** Meets a record; the first of a key is remembered. */
  meet(record: DeviceRecord): Sighting {
    if (3 * this.#count >= 2 * this.#taken.length) this.#grow();
    this.#digest(`${canonicalText(record.deviceId)}${record.timestamp}`, 0);
    this.#digest(`${canonicalText(record.value)}${canonicalText(record.attributes)}`, digestWords);
    const slot = this.#slotOf(this.#met);
    const at = slot * slotWords;
    if (this.#taken[slot] === 0) {
      this.#taken[slot] = 1;
      this.#count += 1;
      this.#slots.set(this.#met, at);
      return 'first';
    }
    return this.#holds(this.#met, digestWords, at) ? 'identical' : 'conflicting';
  }

  /** The slot that holds the key of what `words` begin with, or the free one where it belongs. */
  #slotOf(words: Uint32Array): number {
    const slots = this.#taken.length;
    let slot = (words[0] ?? 0) % slots;
    while (this.#taken[slot] === 1 && !this.#holds(words, 0, slot * slotWords)) slot = (slot + 1) % slots;
    return slot;
  }

  /** Whether the slot at `at` has the same digest as `words`, of the two the one that begins with word `first`. */
  #holds(words: Uint32Array, first: number, at: number): boolean {
    for (let word = first; word < first + digestWords; word += 1) {
      if (this.#slots[at + word] !== words[word]) return false;
    }
    return true;
  }

  #grow(): void {
    const slots = this.#slots;
    const taken = this.#taken;
    this.#slots = new Uint32Array(2 * slots.length);
    this.#taken = new Uint8Array(2 * taken.length);
    for (let slot = taken.indexOf(1); slot !== -1; slot = taken.indexOf(1, slot + 1)) {
      const words = slots.subarray(slot * slotWords, (slot + 1) * slotWords);
      const place = this.#slotOf(words);
      this.#taken[place] = 1;
      this.#slots.set(words, place * slotWords);
    }
  }

  /** Puts the text's digest into `#met`. */
  #digest(text: string, at: number): void {
    // As a text of Latin-1, which costs a third of what a buffer does.
    const bytes = hash('sha256', text, 'binary');
    for (let word = 0; word < digestWords; word += 1) {
      this.#met[at + word] = pairAt(bytes, 4 * word) * 0x10000 + pairAt(bytes, 4 * word + 2);
    }
  }
}

function pairAt(bytes: string, at: number): number {
  return bytes.charCodeAt(at) * 0x100 + bytes.charCodeAt(at + 1);
}

/** The same text for values that say the same, and no others: a text within it is told by its length. */
function canonicalText(value: LosslessJson): string {
  if (typeof value === 'string') return `${value.length}"${value}`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (isList(value)) {
    let elements = '';
    for (const element of value) elements += `${canonicalText(element)},`;
    return `[${elements}]`;
  }
  if (!isObject(value)) return canonicalDecimal(value.digits);
  let members = '';
  for (const name of [...value.keys()].sort()) {
    members += `${name.length}"${name}${canonicalText(value.get(name) ?? null)},`;
  }
  return `{${members}}`;
}
