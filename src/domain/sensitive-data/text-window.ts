/** A stretch of levelled text; candidates that start in [from, to) are judged. Offsets but `text`'s own count from the start of all. */
export interface TextWindow {
  readonly text: string;
  /** Offset of `text` in all. */
  readonly base: number;
  readonly from: number;
  readonly to: number;
}
