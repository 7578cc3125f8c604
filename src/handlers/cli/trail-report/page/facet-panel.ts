import { button, countText, element, matchesText } from './elements.ts';
import type { FacetCount, FacetName, MatchIndex } from './match-index.ts';

/** Rows shown at first, and more each time they are asked for. */
const firstRows = 8;
const moreRows = 50;

export interface FacetPanelOptions {
  readonly index: MatchIndex;
  readonly facet: FacetName;
  readonly title: string;
  /** Called when a reader chooses a value, or takes the choice back. */
  readonly toggle: (facet: FacetName, value: number) => void;
}

/** Table of a facet's values with their counts; each value is a switch of the filter. */
export class FacetPanel {
  readonly element: HTMLElement;
  readonly #options: FacetPanelOptions;
  readonly #rows = element('tbody');
  readonly #total = element('span', { class: 'quiet' });
  readonly #search: HTMLInputElement;
  readonly #more: HTMLButtonElement;
  #counts: readonly FacetCount[] = [];
  #chosen: ReadonlySet<number> = new Set();
  #shown = firstRows;

  constructor(options: FacetPanelOptions) {
    this.#options = options;
    const { facet, title } = options;
    this.#search = element('input', {
      type: 'search',
      placeholder: 'find',
      'aria-label': `Find in ${title.toLowerCase()}`,
      autocomplete: 'off',
      class: 'screen',
    });
    this.#search.addEventListener('input', () => this.#fill());
    this.#more = button('', () => this.#showMore(), { class: 'screen' });
    this.element = element(
      'section',
      { class: 'panel', 'aria-labelledby': `facet-${facet}`, 'data-facet': facet },
      element('h3', { id: `facet-${facet}` }, `${title} `, this.#total),
      this.#search,
      element(
        'table',
        { 'aria-labelledby': `facet-${facet}` },
        element(
          'thead',
          {},
          element(
            'tr',
            {},
            element('th', { scope: 'col' }, 'Value'),
            element('th', { scope: 'col', class: 'number' }, 'Matches'),
          ),
        ),
        this.#rows,
      ),
      this.#more,
    );
  }

  show(counts: readonly FacetCount[], chosen: ReadonlySet<number>): void {
    this.#counts = counts;
    this.#chosen = chosen;
    this.#fill();
  }

  #showMore(): void {
    const before = this.#rows.children.length;
    this.#shown += moreRows;
    this.#fill();
    this.#rows.children[before]?.querySelector('button')?.focus();
  }

  #fill(): void {
    const { index, facet } = this.#options;
    const needle = this.#search.value.trim().toLowerCase();
    const found = this.#counts.filter(({ value }) => {
      return needle === '' || this.#chosen.has(value) || this.#labelOf(value).toLowerCase().includes(needle);
    });
    // What is chosen stays in view.
    const inOrder = [
      ...found.filter(({ value }) => this.#chosen.has(value)),
      ...found.filter(({ value }) => !this.#chosen.has(value)),
    ];
    const most = inOrder.reduce((height, { matches }) => Math.max(height, matches), 1);
    const focused = this.#rows.contains(document.activeElement)
      ? document.activeElement?.getAttribute('data-value')
      : undefined;
    const shown = inOrder.slice(0, this.#shown);
    this.#rows.replaceChildren(...shown.map(count => this.#rowOf(count, most)));
    if (typeof focused === 'string') this.#focus(focused);
    this.#total.textContent = countText(this.#counts.length);
    // One that still narrows the list is not hidden.
    this.#search.hidden = this.#counts.length <= firstRows && needle === '';
    const rest = inOrder.length - shown.length;
    this.#more.hidden = rest === 0;
    this.#more.textContent = `${countText(rest)} more`;
    this.#more.setAttribute('aria-label', `Show more of ${countText(rest)} ${facet} values`);
    // Most reports have no suppressed match.
    this.element.hidden =
      facet === 'suppression' && this.#counts.every(({ value }) => index.labelOf(facet, value) === '');
  }

  #labelOf(value: number): string {
    const { index, facet } = this.#options;
    const label = index.labelOf(facet, value);
    if (label === '') return facet === 'suppression' ? 'not suppressed' : 'not in the record';
    return facet === 'rule' ? `${index.data.rules[value]?.title ?? ''} (${label})` : label;
  }

  #rowOf({ value, matches }: FacetCount, most: number): HTMLElement {
    const { index, facet, toggle } = this.#options;
    const severity =
      facet === 'severity' ? value : facet === 'rule' ? index.data.rules[value]?.severity : undefined;
    const name = severity === undefined ? undefined : index.data.severities[severity];
    const bar = element('span', { class: `bar ${name ?? ''}` });
    bar.style.width = `${(100 * matches) / most}%`;
    const chosen = this.#chosen.has(value);
    const choice = button(
      this.#labelOf(value),
      () => toggle(facet, value),
      {
        'aria-pressed': String(chosen),
        'data-value': value,
        title: `${chosen ? 'Show all again' : 'Show only these'}`,
      },
      ...(facet === 'rule' && name !== undefined
        ? [element('span', { class: `severity ${name}` }, name)]
        : []),
    );
    return element(
      'tr',
      {},
      element('th', { scope: 'row' }, choice, bar),
      element(
        'td',
        { class: 'number' },
        element('span', { title: matchesText(matches) }, countText(matches)),
      ),
    );
  }

  /** The row was made anew, and the focus would be lost with the old one. */
  #focus(value: string): void {
    for (const choice of this.#rows.querySelectorAll('button')) {
      if (choice.getAttribute('data-value') === value) choice.focus();
    }
  }
}
