/** A text and the sensitive values in it, as a labeller would mark them. */
export interface LabelledDocument {
  /** The template that it was made from. */
  readonly name: string;
  readonly text: string;
  readonly spans: readonly LabelledSpan[];
}

export interface LabelledSpan {
  readonly kind: string;
  readonly start: number;
  readonly end: number;
}

/** Marks a value within a template. */
export function mark(kind: string, value: string): string {
  return `⟦${kind}:${value}⟧`;
}

/** A text with marks, parsed into the text without them and where they stood. */
export function labelled(name: string, marked: string): LabelledDocument {
  const spans: LabelledSpan[] = [];
  let text = '';
  let at = 0;
  for (const { index, 0: all, 1: kind = '', 2: value = '' } of marked.matchAll(/⟦([a-z-]+):([^⟧]*)⟧/g)) {
    text += marked.slice(at, index);
    spans.push({ kind, start: text.length, end: text.length + value.length });
    text += value;
    at = index + all.length;
  }
  return { name, text: text + marked.slice(at), spans };
}
