import type { ReportField } from '../report-data.ts';
import { button, countText, element, part } from './elements.ts';
import type { ListedMatch, MatchIndex } from './match-index.ts';
import { timeText } from './time-buckets.ts';

/** Rows of one page: as many as a browser lays out at once without being felt. */
const pageRows = 100;
/** Rules named in one row: a set may hold thousands. */
const mostRulesShown = 10;
/** Rows that go to paper. */
const mostPrinted = 2000;

const columns: readonly (readonly [field: ReportField, title: string])[] = [
  ['eventName', 'Event'],
  ['outcome', 'Outcome'],
  ['principal', 'Principal'],
  ['address', 'Address'],
  ['account', 'Account'],
  ['region', 'Region'],
];

const details: readonly (readonly [field: ReportField, title: string])[] = [
  ['eventSource', 'Event source'],
  ['userAgent', 'User agent'],
  ['eventId', 'Event id'],
  ['file', 'File'],
  ['suppression', 'Suppressed by'],
];

/** The matches that pass, a page at a time, by time. */
export class MatchTable {
  readonly #index: MatchIndex;
  readonly #order = button('Time', () => this.#turn());
  readonly #previous = button('Previous', () => this.#go(-1));
  readonly #next = button('Next', () => this.#go(1));
  #matches: Uint32Array = new Uint32Array();
  #page = 0;
  #newestFirst = false;

  constructor(index: MatchIndex) {
    this.#index = index;
    const time = part('match-time');
    time.replaceChildren(this.#order);
    part('pager').append(this.#previous, this.#next);
    const onPaper = element('p', { class: 'paper' });
    part('matches').after(onPaper);
    addEventListener('beforeprint', () => {
      this.#fill(0, mostPrinted);
      const rest = this.#matches.length - mostPrinted;
      onPaper.textContent = rest > 0 ? `${countText(rest)} more are not printed.` : '';
    });
    addEventListener('afterprint', () => this.#fill(this.#page * pageRows, pageRows));
  }

  show(matches: Uint32Array): void {
    this.#matches = matches;
    this.#page = 0;
    this.#render();
  }

  #turn(): void {
    this.#newestFirst = !this.#newestFirst;
    this.#page = 0;
    this.#render();
  }

  #go(pages: number): void {
    const last = Math.max(0, Math.ceil(this.#matches.length / pageRows) - 1);
    this.#page = Math.min(Math.max(0, this.#page + pages), last);
    this.#render();
  }

  #render(): void {
    const first = this.#page * pageRows;
    const last = Math.min(first + pageRows, this.#matches.length);
    this.#fill(first, pageRows);
    const total = countText(this.#matches.length);
    part('page-place').textContent =
      this.#matches.length === 0
        ? 'No match passes the filters.'
        : `${countText(first + 1)} to ${countText(last)} of ${total}, ${this.#newestFirst ? 'newest' : 'oldest'} first`;
    part('match-time').setAttribute('aria-sort', this.#newestFirst ? 'descending' : 'ascending');
    // `disabled` would take the focus from the button that was just pressed.
    this.#previous.setAttribute('aria-disabled', String(this.#page === 0));
    this.#next.setAttribute('aria-disabled', String(last === this.#matches.length));
  }

  #fill(first: number, count: number): void {
    const rows: HTMLElement[] = [];
    for (let at = first; at < Math.min(first + count, this.#matches.length); at += 1) {
      const number = this.#matches[this.#newestFirst ? this.#matches.length - 1 - at : at];
      if (number !== undefined) rows.push(this.#rowOf(this.#index.match(number)));
    }
    part('match-rows').replaceChildren(...rows);
  }

  #rowOf(match: ListedMatch): HTMLElement {
    const { rules, severities } = this.#index.data;
    const severity = severities[match.severity] ?? '';
    const more = match.rules.length - mostRulesShown;
    return element(
      'tr',
      {},
      element('td', { class: 'time' }, match.time === null ? '—' : timeText(match.time)),
      element('td', {}, element('span', { class: `severity ${severity}` }, severity)),
      element(
        'td',
        { class: 'rules' },
        ...match.rules.slice(0, mostRulesShown).map(rule => element('div', {}, rules[rule]?.title ?? '')),
        ...(more > 0 ? [`and ${countText(more)} more`] : []),
      ),
      ...columns.map(([field]) => element('td', { class: field }, match.texts[field] || '—')),
      element('td', {}, moreOf(match)),
    );
  }
}

/** What is asked for seldom; made when it is. */
function moreOf(match: ListedMatch): HTMLElement {
  const list = element('dl');
  const more = element('details', {}, element('summary', {}, 'More'), list);
  const fill = () => {
    const told = details.filter(([field]) => match.texts[field] !== '');
    list.replaceChildren(
      ...told.flatMap(([field, title]) => [element('dt', {}, title), element('dd', {}, match.texts[field])]),
      element('dt', {}, 'Record of the file, from 0'),
      element('dd', {}, String(match.index)),
    );
  };
  more.addEventListener('toggle', fill, { once: true });
  return more;
}

/** Titles of the columns that stand between the rule and the details. */
export const matchColumnTitles: readonly string[] = columns.map(([, title]) => title);
