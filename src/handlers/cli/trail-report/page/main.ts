import type { ReportData } from '../report-data.ts';
import { button, countText, element, part } from './elements.ts';
import { FacetPanel } from './facet-panel.ts';
import { writeFacts } from './facts.ts';
import { FilterForm } from './filter-form.ts';
import { type FacetName, facetNames, MatchIndex } from './match-index.ts';
import { MatchTable, matchColumnTitles } from './match-table.ts';
import { drawTimeline } from './timeline-chart.ts';

const titles: Readonly<Record<FacetName, string>> = {
  severity: 'Severities',
  rule: 'Rules',
  eventName: 'Event names',
  principal: 'Principals',
  address: 'Source addresses',
  account: 'Accounts',
  region: 'Regions',
  outcome: 'Outcomes',
  suppression: 'Suppression',
};

/** Puts the page together, and keeps all its parts to the filters that are set in any of them. */
class ReportPage {
  readonly #index: MatchIndex;
  readonly #chosen = new Map<FacetName, Set<number>>(facetNames.map(name => [name, new Set()]));
  readonly #form = new FilterForm(() => this.#render());
  readonly #panels: ReadonlyMap<FacetName, FacetPanel>;
  readonly #table: MatchTable;

  constructor(data: ReportData) {
    this.#index = new MatchIndex(data);
    writeFacts(data);
    this.#table = new MatchTable(this.#index);
    const toggle = (facet: FacetName, value: number) => this.#toggle(facet, value);
    this.#panels = new Map(
      facetNames.map(facet => [
        facet,
        new FacetPanel({ index: this.#index, facet, title: titles[facet], toggle }),
      ]),
    );
    part('facets').replaceChildren(...[...this.#panels.values()].map(panel => panel.element));
    part('match-columns').append(
      ...[...matchColumnTitles, 'Details'].map(title => element('th', { scope: 'col' }, title)),
    );
    part('clear').replaceWith(button('Clear all filters', () => this.#clear(), { id: 'clear' }));
    this.#render();
  }

  #toggle(facet: FacetName, value: number): void {
    const chosen = this.#chosen.get(facet);
    if (chosen?.delete(value) === false) chosen.add(value);
    this.#render();
  }

  #clear(): void {
    for (const chosen of this.#chosen.values()) chosen.clear();
    this.#form.clear();
    this.#render();
  }

  #render(): void {
    const { matches, facets } = this.#index.select({ facets: this.#chosen, ...this.#form.filters });
    for (const [facet, panel] of this.#panels) {
      panel.show(facets.get(facet) ?? [], this.#chosen.get(facet) ?? new Set());
    }
    drawTimeline(this.#index, matches, (from, to) => {
      this.#form.setSpan(from, to);
      this.#render();
    });
    this.#table.show(matches);
    const filters = this.#words();
    part('status').textContent =
      `${countText(matches.length)} of ${countText(this.#index.size)} listed matches` +
      (filters.length === 0 ? '' : `: ${filters.join('; ')}`);
  }

  /** The filters that are set, for whoever hears or prints the page. */
  #words(): readonly string[] {
    const chosen = [...this.#chosen].filter(([, values]) => values.size > 0);
    return [
      ...chosen.map(([facet, values]) => {
        const labels = [...values].map(value => this.#index.labelOf(facet, value) || 'none');
        return `${titles[facet].toLowerCase()} ${labels.join(' or ')}`;
      }),
      ...this.#form.words,
    ];
  }
}

/** The page's own program wrote the data, with the types that this one is checked against. */
new ReportPage(JSON.parse(part('report-data').textContent ?? '') as ReportData);
document.documentElement.dataset['state'] = 'ready';
