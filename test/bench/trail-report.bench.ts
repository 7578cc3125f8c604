/// <reference lib="dom" />
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileTrailRules } from '../../src/domain/trail/trail-rules.ts';
import type { ReportData } from '../../src/handlers/cli/trail-report/report-data.ts';
import { TrailReport } from '../../src/handlers/cli/trail-report/trail-report.ts';
import { openBrowser, openReport } from '../handlers/cli/trail-report/report-browser.ts';

/*
 * The page of `sallyport trail analyze --report` in headless Chromium: its size, how long it takes from opening until its
 * filters work, and how long a filter takes, with the layout of what it changes.
 */

const names = ['ConsoleLogin', 'CreateUser', 'DeleteTrail', 'StopLogging', 'PutBucketPolicy', 'DeleteRoute'];
const rules = compileTrailRules({ monitoredEvents: names });
const rounds = 7;

/** A report of 100,000 records in 100 files, so many of which match. */
function dataOf(matches: number): ReportData {
  const report = new TrailReport({ rules, now: '2026-11-22T00:00:00.000Z' });
  for (let at = 0; at < matches; at += 1) {
    const eventName = names[at % names.length] ?? '';
    const record = {
      userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::111122223333:user/user-${(at * 7919) % 300}` },
      eventTime: new Date(Date.UTC(2026, 10, 14) + at * 12_000).toISOString().replace('.000', ''),
      eventSource: 'iam.amazonaws.com',
      eventName,
      awsRegion: ['eu-central-1', 'us-east-1', 'eu-west-1'][at % 3] ?? '',
      sourceIPAddress: `198.51.100.${(at * 31) % 256}`,
      userAgent: `aws-cli/2.${at % 40}`,
      eventID: `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`,
      recipientAccountId: '111122223333',
      ...(at % 7 === 0 ? { errorCode: 'AccessDenied' } : {}),
    };
    report.addMatch({ record, rules: [eventName], index: at, text: '' }, `logs/${at % 100}.json.gz`);
  }
  return report.data({ files: 100, records: 100_000, matched: matches, skipped: 0, failed: 0 });
}

function median(times: readonly number[]): string {
  return `${Math.round(times.toSorted((a, b) => a - b)[times.length >> 1] ?? 0)} ms`;
}

const browser = await openBrowser();
const folder = mkdtempSync(join(tmpdir(), 'sallyport-report-bench-'));
try {
  for (const matches of [5_000, 50_000]) {
    const data = dataOf(matches);
    const opened: number[] = [];
    const filtered: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const { page, milliseconds } = await openReport(browser, data, folder);
      opened.push(milliseconds);
      const times = await page.evaluate(() => {
        const timed = (act: () => void): number => {
          const start = performance.now();
          act();
          document.body.getBoundingClientRect();
          return performance.now() - start;
        };
        const text = document.getElementById('filter-text') as HTMLInputElement;
        const clicks = ['severity', 'rule', 'principal', 'address', 'outcome'].flatMap(facet =>
          [1, 2].map(() =>
            timed(() => document.querySelector<HTMLElement>(`[data-facet=${facet}] tbody button`)?.click()),
          ),
        );
        const words = ['u', 'us', 'user-1', 'user-12', 'nothing'].map(word =>
          timed(() => {
            text.value = word;
            text.dispatchEvent(new Event('input'));
          }),
        );
        return [...clicks, ...words];
      });
      filtered.push(...times);
      await page.close();
    }
    const megabytes = (statSync(join(folder, 'out.html')).size / 1e6).toFixed(1);
    process.stdout.write(
      `trail report, ${matches} matches: ${megabytes} MB; open to usable ${median(opened)}; ` +
        `a filter ${median(filtered)}, at most ${Math.round(Math.max(...filtered))} ms\n`,
    );
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
