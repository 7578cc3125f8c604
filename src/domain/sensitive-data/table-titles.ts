import type { TextWindow } from './text-window.ts';

/** The longest row of titles that is read as one, in UTF-16 units. */
export const longestTitleRow = 1024;

/** Titles of the cells in a window. */
export interface TitledCells {
  /** The title above the cell that holds this offset. Offsets are asked for in any order. */
  at(offset: number): Cell | undefined;
}

/** A cell, or what a window shows of it. Offsets count from the start of all text. */
export interface Cell {
  readonly start: number;
  readonly end: number;
  readonly title: string;
}

interface Table {
  readonly delimiter: string;
  readonly titles: readonly string[];
}

/** A row worth a look as titles: only tables that may hold numbers of a kind are followed. */
const telling =
  /ss[n#]|soc(?:ial)?[ _.-]*sec|card|karte|kart[ay]|tarjeta|pan|cc|credit|debit|order|invoice|track|phone|mobile|imei|iccid|meid|code|ean|gtin|isbn|serial|ref|réf|account|number|nummer|num|num[eé]ro|(?:id|nr|no|n[º°]|key|user|customer|client|member|patient|mrn|sku|upc|batch|lot|time|date|version|status|hash|uid|ticket|policy|claim|case|voucher|receipt|konto|beleg|amount|total|balance|count|views|contract)(?![a-z])|stamp|[a-z]at(?![a-z])|pedido|factura|commande|facture|dossier|contrat|client|compte|cuenta|番号|號|号码/gi;
/** Also the first row of a text or behind a blank line: it is one by its place, whatever its titles say. */
const tellingOrFirst = new RegExp(
  `${telling.source}|(?:^|(?<=\\n\\r?\\n))(?=[^\\n]{1,200}[,;\\t|])`,
  telling.flags,
);
const delimiters = [',', ';', '\t', '|'];
const longestTitle = 48;
/** A quoted cell beyond this ends the table: its closing quote is missing. */
const longestQuoted = 1024;

/** Follows tables of text (CSV and its relatives): which title stands above each cell. */
export class TableTitles {
  #table: Table | undefined;
  /** Where reading goes on, and in which cell of the row. */
  #at = 0;
  #rowStart = true;
  #column = 0;
  #cellStart = 0;
  #quoted = false;

  /** Reads on to the end of the window. */
  read(window: TextWindow): TitledCells {
    const cells: Cell[] = [];
    this.#at = Math.max(this.#at, window.from);
    while (this.#at < window.to) {
      if (this.#table === undefined) this.#seekTitles(window);
      else this.#readRow(window, this.#table, cells);
    }
    return new SortedCells(cells);
  }

  /** Goes to the row below the next row of titles, or to the end of the window. */
  #seekTitles({ text, base, to }: TextWindow): void {
    tellingOrFirst.lastIndex = this.#at - base;
    const hit = tellingOrFirst.exec(text);
    if (hit === null || base + hit.index >= to) {
      this.#at = to;
      return;
    }
    const row = rowAround(text, hit.index);
    const end = row?.end ?? text.indexOf('\n', hit.index);
    const table = row === undefined ? undefined : tableOf(text.slice(row.start, row.end));
    // Without an end in sight the row is too long for titles, and reaches beyond the window.
    this.#at = end < 0 ? to : base + end + 1;
    this.#beginRow(table);
  }

  #beginRow(table: Table | undefined): void {
    this.#table = table;
    this.#rowStart = true;
    this.#column = 0;
    this.#cellStart = this.#at;
    this.#quoted = false;
  }

  /** Reads cells up to the end of the row or of the window. */
  #readRow({ text, base, to }: TextWindow, table: Table, cells: Cell[]): void {
    if (this.#rowStart && this.#isNewTable(text, base)) return;
    this.#rowStart = false;
    for (; this.#at < to; this.#at += 1) {
      const character = text.charAt(this.#at - base);
      if (character === '"') this.#quote(text.charAt(this.#at - base - 1), table.delimiter);
      else if (this.#quoted) {
        if (this.#at - this.#cellStart > longestQuoted) {
          this.#beginRow(undefined);
          return;
        }
      } else if (character === '\n') {
        this.#closeCell(table, cells);
        this.#at += 1;
        this.#beginRow(this.#column + 1 === table.titles.length ? table : undefined);
        return;
      } else if (character === table.delimiter) {
        this.#closeCell(table, cells);
        this.#column += 1;
        this.#cellStart = this.#at + 1;
      }
    }
    // The rest of the cell is tagged when its end is known; what the window shows of it, now.
    this.#closeCell(table, cells);
  }

  #closeCell(table: Table, cells: Cell[]): void {
    const title = table.titles[this.#column];
    if (title !== undefined && title !== '') cells.push({ start: this.#cellStart, end: this.#at, title });
  }

  /** A quote counts where a cell begins; within it, any quote ends it or doubles. */
  #quote(before: string, delimiter: string): void {
    if (this.#quoted) this.#quoted = false;
    else if (before === '"' || before === delimiter || before === '\n' || before === '') this.#quoted = true;
  }

  /** Whether another row of titles, or a blank line, ends the table. */
  #isNewTable(text: string, base: number): boolean {
    const row = rowAround(text, this.#at - base);
    const content = row === undefined ? undefined : text.slice(row.start, row.end);
    // A heading is the title of the numbers below it, not of the lines of a letter.
    if (this.#table?.titles.length === 1 && (content === undefined || /\p{L}/u.test(content))) {
      this.#beginRow(undefined);
      return true;
    }
    if (content !== undefined && content.trim() === '') {
      this.#table = undefined;
      return true;
    }
    telling.lastIndex = 0;
    if (content === undefined || !telling.test(content)) return false;
    const table = tableOf(content);
    if (table === undefined) return false;
    this.#at = base + (row?.end ?? 0) + 1;
    this.#beginRow(table);
    return true;
  }
}

/** Cells of one window, asked in ascending runs. */
class SortedCells implements TitledCells {
  readonly #cells: readonly Cell[];

  constructor(cells: readonly Cell[]) {
    this.#cells = cells;
  }

  at(offset: number): Cell | undefined {
    let low = 0;
    let high = this.#cells.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const cell = this.#cells[middle];
      if (cell !== undefined && cell.end <= offset) low = middle + 1;
      else high = middle;
    }
    const cell = this.#cells[low];
    return cell !== undefined && cell.start <= offset ? cell : undefined;
  }
}

/** The row that holds an index, where it is short enough for titles; its end is the line break's place, or the text's. */
function rowAround(text: string, index: number): { start: number; end: number } | undefined {
  let start = index;
  while (start > 0 && text.charCodeAt(start - 1) !== 10) {
    start -= 1;
    if (index - start > longestTitleRow) return undefined;
  }
  let end = index;
  while (end < text.length && text.charCodeAt(end) !== 10) {
    end += 1;
    if (end - start > longestTitleRow) return undefined;
  }
  return { start, end };
}

/** A row of titles: short cells, most of them words, none of them a long number. */
function tableOf(row: string): Table | undefined {
  const line = row.replace(/\r$/, '');
  const [delimiter = ','] = delimiters.toSorted((a, b) => line.split(b).length - line.split(a).length);
  const titles = line.split(delimiter).map(cell => cell.replaceAll(/["'\u200b]/g, '').trim());
  if (titles.some(title => title.length > longestTitle || /\d{4}/.test(title) || /[!?:=]\s*$/.test(title))) {
    return undefined;
  }
  // One title alone is a heading of few words, not a line of a letter.
  const [only = ''] = titles;
  const isHeading = /^[\p{L}#][\p{L}_ #.-]{1,40}$/u.test(only) && only.split(' ').length <= 4;
  if (titles.length === 1 && !isHeading) return undefined;
  return { delimiter, titles };
}
