/// <reference lib="dom" />
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'puppeteer-core';
import { printableText } from '../../../../src/domain/kernel/printable-text.ts';
import type { ReportData } from '../../../../src/handlers/cli/trail-report/report-data.ts';
import { TrailReport } from '../../../../src/handlers/cli/trail-report/trail-report.ts';
import type { JsonObject } from '../../../../src/ports/json.ts';
import { temporaryFolder } from '../../../infra/local/fixtures/temporary-folder.ts';
import { hostileTexts } from './hostile-texts.ts';
import { type OpenReport, openBrowser, openReport } from './report-browser.ts';
import { dataOf, madeAt, matchOf, record, rules } from './report-fixtures.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

const open = (data: ReportData, prepare?: (page: Page) => Promise<void>): Promise<OpenReport> =>
  openReport(browser, data, temporaryFolder('page'), prepare);

const textOf = (page: Page, selector: string) => page.$eval(selector, found => found.textContent ?? '');
const textsOf = (page: Page, selector: string) =>
  page.$$eval(selector, found => found.map(each => each.textContent ?? ''));

/** The rows of a facet, as `label count`. */
const facet = (page: Page, name: string) =>
  page.$$eval(`[data-facet=${name}] tbody tr`, rows =>
    rows.map(
      row =>
        `${row.querySelector('button')?.firstChild?.textContent} ${row.querySelector('td')?.textContent}`,
    ),
  );

/** Clicks the value of a facet whose label begins so. */
const choose = (page: Page, name: string, label: string) =>
  page.$$eval(
    `[data-facet=${name}] tbody button`,
    (buttons, start) => buttons.find(each => each.textContent?.startsWith(start))?.click(),
    label,
  );

const type = (page: Page, selector: string, value: string) =>
  page.$eval(
    selector,
    (input, text) => {
      (input as HTMLInputElement).value = text;
      input.dispatchEvent(new Event('input', { bubbles: true }));
    },
    value,
  );

const user = (name: string) => ({ arn: `arn:aws:iam::111122223333:user/${name}` });

/** A day of six matches. */
const day: readonly JsonObject[] = [
  record('ConsoleLogin', { eventID: 'e0', eventTime: '2026-11-21T08:00:00Z', userIdentity: user('ada') }),
  record('ConsoleLogin', { eventID: 'e1', eventTime: '2026-11-21T09:00:00Z', userIdentity: user('bob') }),
  record('ConsoleLogin', {
    eventID: 'e2',
    eventTime: '2026-11-21T10:00:00Z',
    errorMessage: 'Failed authentication',
  }),
  record('StopLogging', { eventID: 'e3', eventTime: '2026-11-21T10:30:00Z', sourceIPAddress: '203.0.113.9' }),
  record('DeleteTrail', { eventID: 'e4', eventTime: '2026-11-21T11:00:00Z', awsRegion: 'us-east-1' }),
  record('DeleteTrail', { eventID: 'e5', eventTime: null, recipientAccountId: '444455556666' }),
];

describe('the page', () => {
  test('tells what was read, and asks for nothing', async () => {
    const { page, requests, faults } = await open(dataOf(day));
    expect(await textsOf(page, '#summary dd')).toEqual([
      '2026-11-22 00:00:00 UTC',
      '1, of which 0 skipped and 0 failed',
      '6',
      '6',
      '2026-11-21 08:00:00 UTC',
      '2026-11-21 11:00:00 UTC',
      '5',
      rules.hash,
    ]);
    expect(await textOf(page, '#warnings')).toBe('');
    expect(await page.$eval('#failures', found => found.hasAttribute('hidden'))).toBe(true);
    expect(await textsOf(page, '#rule-rows tr')).toEqual([
      'criticalThe trail changed trail3',
      'highLogging stopped silence1',
      'mediumA user was made users0',
      'lowSomebody signed in sign-in3',
      'infoNobody does this unused0',
    ]);
    expect(await textOf(page, '#timeline p')).toBe(
      'Matches by minute in UTC, 2026-11-21 08:00:00 to 2026-11-21 11:00:00; at most 1 in one; 1 without a time.',
    );
    expect(await textsOf(page, '#match-rows tr:nth-child(4) td')).toEqual([
      '2026-11-21 10:30:00',
      'critical',
      'The trail changedLogging stopped',
      ...['StopLogging', 'succeeded', 'arn:aws:iam::111122223333:user/ada', '203.0.113.9'],
      ...['111122223333', 'eu-central-1', 'More'],
    ]);
    expect(faults).toEqual([]);
    expect(requests).toEqual([page.url()]);
    await page.close();
  });

  test('of nothing says so', async () => {
    const report = new TrailReport({ rules, now: madeAt });
    const { page, faults } = await open(
      report.data({ files: 2, records: 0, matched: 0, skipped: 2, failed: 0 }),
    );
    expect(await textOf(page, '#warnings')).toBe('No log was found: nothing was looked at.');
    expect(await textOf(page, '#page-place')).toBe('No match passes the filters.');
    expect(await textOf(page, '#timeline')).toBe('Nothing to show.');
    expect(faults).toEqual([]);
    await page.close();
  });

  test('names the files that failed, and says what it does not list', async () => {
    const report = new TrailReport({ rules, now: madeAt, mostMatches: 2, mostFailures: 1 });
    for (const found of day) report.addMatch(matchOf(found), 'a.json');
    report.addFailure('b.json.gz', 'truncated: The log ends early');
    const { page } = await open(report.data({ files: 4, records: 60, matched: 6, skipped: 0, failed: 3 }));
    expect(await textsOf(page, '#failure-rows tr')).toEqual(['b.json.gztruncated: The log ends early']);
    expect(await textOf(page, '#failures-rest')).toBe('2 more failed, which are not listed.');
    expect(await textsOf(page, '#warnings p')).toEqual([
      '3 files could not be read to the end. What they hold beyond that was not looked at.',
      '4 matches more than this page holds. They are counted in the summary and in the rules below, and nowhere else.',
    ]);
    expect(await textOf(page, '#status')).toBe('2 of 2 listed matches');
    await page.close();
  });

  test('speaks of one file that failed as of one', async () => {
    const report = new TrailReport({ rules, now: madeAt });
    report.addFailure('b.json.gz', 'truncated: The log ends early');
    const { page } = await open(report.data({ files: 1, records: 0, matched: 0, skipped: 0, failed: 1 }));
    expect(await textsOf(page, '#warnings p')).toEqual([
      '1 file could not be read to the end. What it holds beyond that was not looked at.',
    ]);
    await page.close();
  });
});

describe('a match of many rules', () => {
  test('names some of them in its row, and is found by any', async () => {
    const report = new TrailReport({ rules, now: madeAt });
    const ids = Array.from({ length: 3000 }, (_, at) => `rule-${at}`);
    report.addMatch(matchOf(record('x'), 0, ids), 'a.json');
    const { page } = await open(report.data({ files: 1, records: 1, matched: 1, skipped: 0, failed: 0 }));
    expect(await textOf(page, '#match-rows td:nth-child(3)')).toMatch(/^rule-0.*rule-9and 2,990 more$/);
    await type(page, '#filter-text', 'rule-2999');
    expect(await textOf(page, '#status')).toContain('1 of 1');
    await page.close();
  });
});

describe('filters', () => {
  let report: OpenReport;
  beforeAll(async () => {
    report = await open(dataOf(day));
  });
  afterAll(() => report.page.close());
  const listed = (page: Page) => page.$$eval('#match-rows tr', rows => rows.length);
  const status = () => textOf(report.page, '#status');
  const clear = () => report.page.click('#clear');

  test.each<[string, string, string]>([
    ['severity', 'critical', '3 of 6 listed matches: severities critical'],
    ['rule', 'Logging stopped', '1 of 6 listed matches: rules silence'],
    [
      'principal',
      'arn:aws:iam::111122223333:user/bob',
      '1 of 6 listed matches: principals arn:aws:iam::111122223333:user/bob',
    ],
    ['address', '203.0.113.9', '1 of 6 listed matches: source addresses 203.0.113.9'],
    ['account', '444455556666', '1 of 6 listed matches: accounts 444455556666'],
    ['region', 'us-east-1', '1 of 6 listed matches: regions us-east-1'],
    ['eventName', 'ConsoleLogin', '3 of 6 listed matches: event names ConsoleLogin'],
    ['outcome', 'Failed auth', '1 of 6 listed matches: outcomes Failed authentication'],
  ])('by %s: all parts follow', async (name, label, words) => {
    const { page } = report;
    await choose(page, name, label);
    expect(await status()).toBe(words);
    expect(await listed(page)).toBe(Number(words[0]));
    const bars = await page.$$eval('#timeline-rows td', cells =>
      cells.map(each => Number.parseInt(each.textContent ?? '', 10)),
    );
    const untimed = /(\d) without a time/.exec(await textOf(page, '#timeline'))?.[1] ?? '0';
    const drawn = bars.reduce((sum, count) => sum + count, 0) + Number(untimed);
    expect(drawn || 1).toBe(Number(words[0]));
    await clear();
    expect(await status()).toBe('6 of 6 listed matches');
  });

  test('a facet shows what its other values would add', async () => {
    const { page } = report;
    await choose(page, 'eventName', 'DeleteTrail');
    expect(await facet(page, 'eventName')).toEqual(['DeleteTrail 2', 'ConsoleLogin 3', 'StopLogging 1']);
    expect(await facet(page, 'severity')).toEqual(['critical 2']);
    await choose(page, 'eventName', 'StopLogging');
    expect(await status()).toBe('3 of 6 listed matches: event names DeleteTrail or StopLogging');
    await choose(page, 'region', 'us-east-1');
    expect(await status()).toBe(
      '1 of 6 listed matches: event names DeleteTrail or StopLogging; regions us-east-1',
    );
    await choose(page, 'region', 'us-east-1');
    await choose(page, 'eventName', 'DeleteTrail');
    expect(await status()).toBe('1 of 6 listed matches: event names StopLogging');
    await clear();
  });

  test('by text, in whatever case, also of what is not shown at first', async () => {
    await type(report.page, '#filter-text', ' AWS-CLI/2 ');
    expect(await status()).toBe('6 of 6 listed matches: text "AWS-CLI/2"');
    await type(report.page, '#filter-text', 'user/BOB');
    expect(await status()).toBe('1 of 6 listed matches: text "user/BOB"');
    await clear();
  });

  test('by time, both ends included, in UTC wherever the reader is', async () => {
    const { page } = report;
    await page.emulateTimezone('Pacific/Auckland');
    await type(page, '#filter-from', '2026-11-21T09:00:00');
    expect(await status()).toBe('4 of 6 listed matches: from 2026-11-21T09:00 UTC');
    await type(page, '#filter-to', '2026-11-21T10:30');
    expect(await status()).toContain('3 of 6');
    await clear();
    expect(await page.$eval('#filter-to', input => (input as HTMLInputElement).value)).toBe('');
  });

  test('by a bar of the timeline', async () => {
    const { page } = report;
    await page.$eval('#timeline .span:nth-of-type(2)', bar => bar.dispatchEvent(new Event('click')));
    expect(await status()).toMatch(
      /^1 of 6 listed matches: from 2026-11-21T09:00(:00)? UTC; to 2026-11-21T09:00:59 UTC$/,
    );
    await clear();
  });

  test('by the keyboard: the focus stays where it was', async () => {
    const { page } = report;
    await page.focus('[data-facet=eventName] tbody tr:nth-child(2) button');
    const label = await page.evaluate(() => document.activeElement?.textContent);
    await page.keyboard.press('Enter');
    expect(await status()).toBe(`2 of 6 listed matches: event names ${label}`);
    expect(
      await page.evaluate(() => [document.activeElement?.textContent, document.activeElement?.ariaPressed]),
    ).toEqual([label, 'true']);
    await page.keyboard.press('Space');
    expect(await status()).toBe('6 of 6 listed matches');
  });
});

describe('many matches', () => {
  let report: OpenReport;
  beforeAll(async () => {
    const records = Array.from({ length: 5000 }, (_, at) =>
      record('ConsoleLogin', {
        eventID: `e${at}`,
        eventTime: new Date(Date.UTC(2026, 10, 14) + at * 100_000).toISOString().replace('.000', ''),
        userIdentity: user(`u${String(at).padStart(4, '0')}`),
      }),
    );
    report = await open(dataOf(records));
  });
  afterAll(() => report.page.close());
  const place = () => textOf(report.page, '#page-place');
  const press = (label: string) =>
    report.page.$$eval('button', (all, text) => all.find(each => each.textContent === text)?.click(), label);
  const firstTime = () => textOf(report.page, '#match-rows tr td');

  test('are shown a page at a time, in either order', async () => {
    expect([await place(), await firstTime()]).toEqual([
      '1 to 100 of 5,000, oldest first',
      '2026-11-14 00:00:00',
    ]);
    await press('Previous');
    await press('Next');
    expect([await place(), await firstTime()]).toEqual([
      '101 to 200 of 5,000, oldest first',
      '2026-11-14 02:46:40',
    ]);
    await press('Time');
    expect([await place(), await firstTime()]).toEqual([
      '1 to 100 of 5,000, newest first',
      '2026-11-19 18:51:40',
    ]);
    expect(await report.page.$eval('#match-time', each => each.ariaSort)).toBe('descending');
    await type(report.page, '#filter-text', 'u49');
    expect(await place()).toBe('1 to 100 of 100, newest first');
    await press('Next');
    expect(await place()).toBe('1 to 100 of 100, newest first');
    await press('Clear all filters');
    await press('Time');
  });

  test('keep the page small: lists grow when they are asked to', async () => {
    const { page } = report;
    expect(await page.$$eval('*', all => all.length)).toBeLessThan(5000);
    expect(await facet(page, 'principal')).toHaveLength(8);
    await page.click('[data-facet=principal] > button');
    expect(await facet(page, 'principal')).toHaveLength(58);
    await type(page, '[data-facet=principal] input', 'U4321');
    expect(await facet(page, 'principal')).toEqual(['arn:aws:iam::111122223333:user/u4321 1']);
    const searchIsSeen = () => page.$eval('[data-facet=principal] input', input => input.checkVisibility());
    await type(page, '#filter-text', 'u0001');
    expect([await facet(page, 'principal'), await searchIsSeen()]).toEqual([[], true]);
    await type(page, '[data-facet=principal] input', '');
    expect([await facet(page, 'principal'), await searchIsSeen()]).toEqual([
      ['arn:aws:iam::111122223333:user/u0001 1'],
      false,
    ]);
    await page.click('#clear');
  });

  test('go to paper as they are filtered, up to a bound', async () => {
    const { page } = report;
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    expect(await page.$$eval('#match-rows tr', rows => rows.length)).toBe(2000);
    expect(await textOf(page, '.paper')).toBe('3,000 more are not printed.');
    await page.evaluate(() => dispatchEvent(new Event('afterprint')));
    expect(await page.$$eval('#match-rows tr', rows => rows.length)).toBe(100);
    await page.emulateMediaType('print');
    expect(await page.$$eval('.screen', all => all.filter(each => each.checkVisibility()).length)).toBe(0);
    await page.emulateMediaType('screen');
  });
});

describe('what is hostile', () => {
  /** Each text in every place that the logs, the file system or a rules file fill. */
  const hostileData = (): ReportData => {
    const ids = hostileTexts.map((_, at) => `rule-${at}`);
    const named = new Map(
      hostileTexts.map((text, at) => [
        `rule-${at}`,
        {
          ...{ id: text, title: text, severity: 'critical' as const, monitoredEvents: ['x'] },
          ...{ references: [text, `https://192.0.2.1/${text}`], groupBy: [], suppress: [] },
        },
      ]),
    );
    const report = new TrailReport({
      rules: { ...rules, rules: [...named.values()], find: id => named.get(id) },
      now: madeAt,
    });
    hostileTexts.forEach((text, at) => {
      const found = record(text, {
        ...{ userIdentity: { arn: text }, eventSource: text, awsRegion: text, sourceIPAddress: text },
        ...{ userAgent: text, eventID: text, errorCode: text, recipientAccountId: text },
      });
      report.addMatch(matchOf(found, at, [ids[at] ?? '']), text);
      report.addFailure(text, text);
    });
    return report.data({
      files: 99,
      records: 99,
      matched: hostileTexts.length,
      skipped: 0,
      failed: hostileTexts.length,
    });
  };

  test.each([
    ['with its policy', false],
    ['without its policy: text is text by itself', true],
  ])('is shown as text and does nothing, %s', async (_, bypassed) => {
    const { page, requests, faults } = await open(hostileData(), opened => opened.setBypassCSP(bypassed));
    await page.$$eval('details', all => {
      for (const each of all) each.open = true;
    });
    await page.$$eval('.panel > button:not([hidden])', all => {
      for (const each of all) each.click();
    });
    await page.$$eval('#facets tbody button, .slot', all => {
      for (const each of all) (each as HTMLElement).dispatchEvent(new MouseEvent('mouseover'));
    });
    await choose(page, 'principal', hostileTexts[0] ?? '');
    await page.click('#clear');
    await page.waitForFunction(() => document.querySelectorAll('#match-rows details').length > 1);
    await page.$$eval('#match-rows details', all => {
      for (const each of all) each.open = true;
    });
    await page.waitForFunction(() =>
      [...document.querySelectorAll('#match-rows dl')].every(each => each.children.length > 0),
    );

    expect(await page.evaluate(() => 'reached' in window)).toBe(false);
    expect([faults, requests]).toEqual([[], [page.url()]]);
    // Markup that got through would have left an element of a kind, or an attribute, that the page has none of.
    expect(
      await page.$$eval(
        'img, iframe, object, base, link, math, textarea, form:not(#filters)',
        all => all.length,
      ),
    ).toBe(0);
    expect(await page.$$eval('script', all => all.length)).toBe(2);
    expect(await page.$$eval('style', all => all.length)).toBe(1);
    expect(
      await page.$$eval('*', all =>
        all.flatMap(each => each.getAttributeNames()).filter(name => name.startsWith('on')),
      ),
    ).toEqual([]);
    expect(
      await page.$$eval('a', all =>
        all.map(each => each.protocol).filter(protocol => protocol !== 'https:' && protocol !== 'file:'),
      ),
    ).toEqual([]);

    const shown = hostileTexts.map(text => printableText(text));
    const cells = new Set(await textsOf(page, '#match-rows td, #match-rows dd, #match-rows td > div'));
    const titles = new Set(await textsOf(page, '#rule-rows td div'));
    const failed = new Set(await textsOf(page, '#failure-rows th, #failure-rows td'));
    const values = new Set(await textsOf(page, '[data-facet=principal] tbody button'));
    for (const place of [cells, titles, failed, values])
      expect(shown.filter(text => !place.has(text))).toEqual([]);
    await page.close();
  });

  test('even a script of the page cannot reach out, nor write markup', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end();
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const reachOut = (page: Page) =>
      page.evaluate(async url => {
        const image = new Image();
        const ended = new Promise<void>(resolve => {
          image.onload = image.onerror = () => resolve();
        });
        image.src = `${url}image`;
        const fetched = await fetch(url).then(
          () => true,
          () => false,
        );
        await ended;
        const wrote = (write: () => void) => {
          try {
            write();
            return true;
          } catch {
            return false;
          }
        };
        const markup = wrote(() => {
          image.innerHTML = '<b>';
        });
        return { fetched, markup, handler: wrote(() => image.setAttribute('onclick', 'window.reached=1')) };
      }, `http://127.0.0.1:${port}/`);
    try {
      const guarded = await open(dataOf(day));
      expect(await reachOut(guarded.page)).toEqual({ fetched: false, markup: false, handler: false });
      expect(asked).toEqual([]);
      await guarded.page.close();

      // That nothing came is worth something only if it can come.
      const unguarded = await open(dataOf(day), opened => opened.setBypassCSP(true));
      await reachOut(unguarded.page);
      expect(asked.sort()).toEqual(['/', '/image']);
      await unguarded.page.close();
    } finally {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    }
  });
});

describe('everybody can read it', () => {
  test.each(['light', 'dark'])('text stands out from its ground: %s', async scheme => {
    const { page } = await open(dataOf(day), opened =>
      opened.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]),
    );
    const weak = await page.evaluate(() => {
      const channels = (color: string) => (color.match(/[\d.]+/g) ?? []).map(Number);
      const luminance = (color: string) =>
        channels(color)
          .slice(0, 3)
          .map(value => value / 255)
          .map(value => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
          .reduce((sum, value, at) => sum + value * ([0.2126, 0.7152, 0.0722][at] ?? 0), 0);
      const ground = (from: Element): string => {
        for (let each: Element | null = from; each !== null; each = each.parentElement) {
          const { backgroundColor } = getComputedStyle(each);
          if ((channels(backgroundColor)[3] ?? 1) > 0) return backgroundColor;
        }
        return 'rgb(255, 255, 255)';
      };
      const texts = [...document.querySelectorAll('body *')].filter(
        each =>
          each.checkVisibility() &&
          each.closest('[aria-disabled=true]') === null &&
          [...each.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.textContent?.trim()),
      );
      return texts.flatMap(each => {
        const { color, fill } = getComputedStyle(each);
        const [a, b] = [luminance(each instanceof SVGElement ? fill : color), luminance(ground(each))].sort(
          (x, y) => y - x,
        );
        const ratio = ((a ?? 0) + 0.05) / ((b ?? 0) + 0.05);
        return ratio < 4.5 ? [`${each.tagName} ${each.textContent} ${ratio}`] : [];
      });
    });
    expect(weak).toEqual([]);
    await page.close();
  });

  test('everything that is used has a name, every table a caption and headings', async () => {
    const { page } = await open(dataOf(day));
    const controls = await page.accessibility.snapshot({ interestingOnly: true });
    const nodes = (node: typeof controls): NonNullable<typeof controls>[] =>
      node === null ? [] : [node, ...(node.children ?? []).flatMap(nodes)];
    const used = nodes(controls).filter(({ role }) =>
      ['button', 'textbox', 'searchbox', 'link', 'image', 'region', 'Date', 'InputTime'].includes(role),
    );
    expect(used.length).toBeGreaterThan(20);
    expect(used.filter(({ name }) => name === undefined || name === '')).toEqual([]);
    expect(await page.$$eval('th', all => all.filter(each => !each.hasAttribute('scope')).length)).toBe(0);
    expect(
      await page.$$eval(
        'table',
        all =>
          all.filter(each => document.getElementById(each.getAttribute('aria-labelledby') ?? '') === null)
            .length,
      ),
    ).toBe(0);
    expect(await page.$$eval('html', ([html]) => html?.lang)).toBe('en');
    expect(await page.$$eval('[id]', all => all.length - new Set(all.map(each => each.id)).size)).toBe(0);
    await page.close();
  });
});
