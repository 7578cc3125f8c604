import { part } from './elements.ts';
import type { Selection } from './match-index.ts';

/** What the fields of the form say: a text and a span of time, in UTC. */
export type FormFilters = Pick<Selection, 'from' | 'to' | 'text'>;

/** The fields above the facets. */
export class FilterForm {
  readonly #text = field('filter-text');
  readonly #from = field('filter-from');
  readonly #to = field('filter-to');

  /** @param changed Called after each change a reader makes. */
  constructor(changed: () => void) {
    for (const input of [this.#text, this.#from, this.#to]) input.addEventListener('input', changed);
    part('filters').addEventListener('submit', event => event.preventDefault());
  }

  get filters(): FormFilters {
    const to = timeIn(this.#to);
    // The field says seconds: the last one counts to its end.
    return { text: this.#text.value, from: timeIn(this.#from), to: to === null ? null : to + 999 };
  }

  /** Shows a span as if it had been typed. */
  setSpan(from: number, to: number): void {
    this.#from.value = fieldText(from);
    this.#to.value = fieldText(to);
  }

  clear(): void {
    for (const input of [this.#text, this.#from, this.#to]) input.value = '';
  }

  /** The filters in words. */
  get words(): readonly string[] {
    return [
      ...(this.#text.value.trim() === '' ? [] : [`text "${this.#text.value.trim()}"`]),
      ...(this.#from.value === '' ? [] : [`from ${this.#from.value} UTC`]),
      ...(this.#to.value === '' ? [] : [`to ${this.#to.value} UTC`]),
    ];
  }
}

function field(id: string): HTMLInputElement {
  const found = part(id);
  if (!(found instanceof HTMLInputElement)) throw new Error(`${id} is no field`);
  return found;
}

/** A field of `datetime-local` has no zone; it is read as UTC. */
function timeIn({ value }: HTMLInputElement): number | null {
  const time = Date.parse(`${value}Z`);
  return Number.isNaN(time) ? null : time;
}

/** What a field of `datetime-local` takes; years of more than four digits it does not. */
function fieldText(milliseconds: number): string {
  const text = new Date(milliseconds).toISOString();
  return /^\d{4}-/.test(text) ? text.slice(0, 19) : '';
}
