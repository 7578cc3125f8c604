import type { ExtractedText, TextSegment, UnscannablePart } from '../../../ports/text-extractor.ts';
import { OverBudgetError } from './reading-errors.ts';

type Place = Omit<TextSegment, 'text'>;

/** Gathers the segments of one document up to the bound of characters, and what could not be read. */
export class TextCollector {
  readonly #bound: number;
  readonly #segments: TextSegment[] = [];
  readonly #unscannable: UnscannablePart[] = [];
  #units = 0;

  /** @param bound UTF-16 units. */
  constructor(bound: number) {
    this.#bound = bound;
  }

  /** Text of one place. Above the bound it is cut there, and an `OverBudgetError` ends the reading. */
  add(text: string, place: Place = {}): void {
    const kept = text.slice(0, this.#bound - this.#units);
    if (kept !== '') this.#segments.push({ text: kept, ...place });
    this.#units += kept.length;
    if (kept.length < text.length)
      throw new OverBudgetError('text', `it holds more than ${this.#bound} characters of text`);
  }

  /** As {@link add}, as a line of its own; nothing where there is no text. */
  addLine(text: string, place: Place = {}): void {
    if (text.trim() !== '') this.add(text.endsWith('\n') ? text : `${text}\n`, place);
  }

  unscannable(part: UnscannablePart): void {
    this.#unscannable.push(part);
  }

  result(type: string | undefined): ExtractedText {
    return {
      ...(type !== undefined && { type }),
      segments: this.#segments,
      unscannable: this.#unscannable,
    };
  }
}
