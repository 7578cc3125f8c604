import type { SensitiveFinding } from './sensitive-finding.ts';
import {
  contextLength,
  longestValue,
  type SensitiveCandidate,
  type SensitiveKind,
  type SensitiveMatch,
} from './sensitive-kind.ts';
import type { TitledCells } from './table-titles.ts';
import type { TextWindow } from './text-window.ts';

/** Looks for one kind, window after window. */
export class CandidateScanner {
  readonly #kind: SensitiveKind;
  readonly #pattern: RegExp;
  readonly #check: (candidate: SensitiveCandidate) => SensitiveMatch | undefined;
  readonly #testNumbers: boolean;
  /** No candidate starts before: the end of the last finding, or the last candidate's second unit. */
  #next = 0;
  #lastEnd: number | undefined;

  constructor(kind: SensitiveKind, testNumbers: boolean) {
    if (kind.longest > longestValue) {
      throw new RangeError(`${kind.name} may match ${kind.longest} units, the limit is ${longestValue}`);
    }
    this.#kind = kind;
    this.#pattern = new RegExp(kind.pattern, `${kind.pattern.flags.replace(/[gy]/g, '')}g`);
    this.#check = kind.check ?? showingLastFour;
    this.#testNumbers = testNumbers;
  }

  scan({ text, base, from, to }: TextWindow, titles: TitledCells): SensitiveFinding[] {
    const findings: SensitiveFinding[] = [];
    const pattern = this.#pattern;
    this.#next = Math.max(this.#next, from);
    while (this.#next < to) {
      pattern.lastIndex = this.#next - base;
      const match = pattern.exec(text);
      if (match === null || base + match.index >= to) {
        this.#next = to;
        break;
      }
      const start = base + match.index;
      const cell = titles.at(start);
      // A title speaks for a value that has the cell to itself, at least from its start.
      const title =
        cell !== undefined && /^[\s"'\u200b=]*$/.test(text.slice(Math.max(0, cell.start - base), match.index))
          ? cell.title
          : undefined;
      const found = match[0].length === 0 ? undefined : this.#judge(text, base, match, title);
      const end = start + Math.min(found?.length ?? match[0].length, this.#kind.longest);
      this.#next = found === undefined ? start + 1 : end;
      if (found === undefined) continue;
      this.#lastEnd = end;
      const { confidence, reason, masked } = found;
      findings.push({ kind: this.#kind.name, start, end, masked, confidence, reason });
    }
    return findings;
  }

  #judge(text: string, base: number, match: RegExpExecArray, title: string | undefined) {
    const [value] = match;
    const end = match.index + value.length;
    const since = this.#lastEnd === undefined ? undefined : base + match.index - this.#lastEnd;
    const candidate: SensitiveCandidate = {
      value,
      before: text.slice(Math.max(0, match.index - contextLength), match.index),
      after: text.slice(end, end + contextLength),
      columnTitle: title,
      sinceLast: since === undefined || since > contextLength ? undefined : since,
      testNumbers: this.#testNumbers,
    };
    if (this.#kind.keywords !== undefined && !isBeside(candidate, this.#kind.keywords)) return undefined;
    return this.#check(candidate);
  }
}

function isBeside(
  { before, after, columnTitle = '' }: SensitiveCandidate,
  keywords: readonly string[],
): boolean {
  const around = `${before.slice(-80)}\n${after.slice(0, 40)}\n${columnTitle}`.toLowerCase();
  return keywords.some(keyword => around.includes(keyword.toLowerCase()));
}

function showingLastFour({ value }: SensitiveCandidate): SensitiveMatch {
  const shown = value.length < 12 ? 0 : 4;
  const masked = '*'.repeat(value.length - shown) + value.slice(value.length - shown);
  return { confidence: 'medium', reason: 'by its form', masked };
}
