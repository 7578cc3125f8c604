import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import chromium from '@sparticuz/chromium';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { renderReport } from '../../../../src/handlers/cli/trail-report/render-report.ts';
import type { ReportData } from '../../../../src/handlers/cli/trail-report/report-data.ts';

/** Chromium without a window: the one that `CHROME_PATH` names, else that of the package. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = process.env['CHROME_PATH'] ?? (await chromium.executablePath());
  return puppeteer.launch({ executablePath, args: chromium.args, headless: 'shell' });
}

export interface OpenReport {
  readonly page: Page;
  /** Addresses that the page asked for, its own first. */
  readonly requests: readonly string[];
  /** What went wrong within the page, and every dialog it opened. */
  readonly faults: readonly string[];
  /** From asking for the page until its filters worked. */
  readonly milliseconds: number;
}

/** The report in a page of its own, as a reader opens it: from a file. */
export async function openReport(
  browser: Browser,
  data: ReportData,
  folder: string,
  prepare: (page: Page) => Promise<void> = async () => undefined,
): Promise<OpenReport> {
  const file = join(folder, 'out.html');
  writeFileSync(file, [...renderReport(data)].join(''));
  const page = await browser.newPage();
  const requests: string[] = [];
  const faults: string[] = [];
  page.on('request', request => {
    // Chromium draws parts of its own controls so.
    if (!request.url().startsWith('data:image/svg+xml;base64,')) requests.push(request.url());
  });
  page.on('pageerror', error => faults.push(String(error)));
  page.on('console', message => faults.push(message.text()));
  page.on('dialog', async dialog => {
    faults.push(`dialog: ${dialog.message()}`);
    await dialog.dismiss();
  });
  await prepare(page);
  const start = performance.now();
  await page.goto(pathToFileURL(file).href);
  await page.waitForSelector('html[data-state=ready]');
  return { page, requests, faults, milliseconds: performance.now() - start };
}
