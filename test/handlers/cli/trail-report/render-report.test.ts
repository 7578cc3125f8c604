import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { harmlessJson, renderReport } from '../../../../src/handlers/cli/trail-report/render-report.ts';
import fc from '../../../seeded-properties.ts';
import { dataOf, record } from './report-fixtures.ts';

describe('harmlessJson', () => {
  test('means what JSON means, and has nothing that HTML acts on', () => {
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        const text = harmlessJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(text).not.toMatch(/[<>&\u2028\u2029]/);
      }),
    );
  });

  test.each(['</script>', '<!--<script>', '&lt;', ']]>', 'a\u2028b\u2029', '\ud800'])('%j', text => {
    expect(harmlessJson(text)).not.toMatch(/[<>&\u2028\u2029\ud800]/);
    expect(JSON.parse(harmlessJson(text))).toBe(text);
  });
});

describe('renderReport', () => {
  const sections = (page: string) => {
    const found = /^(.*<script type="application\/json" id="report-data">)(.*?)(<\/script>.*)$/s.exec(page);
    return { head: found?.[1] ?? '', data: found?.[2] ?? '', tail: found?.[3] ?? '' };
  };

  test('holds the data whole, however its lists are cut', () => {
    const data = dataOf(
      Array.from({ length: 2500 }, (_, at) =>
        record('ConsoleLogin', { eventID: `e${at}`, userAgent: '</script>' }),
      ),
    );
    const pieces = [...renderReport(data)];
    expect(JSON.parse(sections(pieces.join('')).data)).toEqual(data);
    expect(Math.max(...pieces.slice(1, -1).map(({ length }) => length))).toBeLessThan(100_000);
  });

  test('an analysis that found nothing is a page as well', () => {
    const data = dataOf([]);
    expect(JSON.parse(sections([...renderReport(data)].join('')).data)).toEqual(data);
  });

  test('says the same around the data, whatever that is', () => {
    const [a, b] = [dataOf([]), dataOf([record('StopLogging', { userAgent: '<b>' })])].map(data =>
      sections([...renderReport(data)].join('')),
    );
    expect([a?.head, a?.tail]).toEqual([b?.head, b?.tail]);
  });

  test('lets its own style and script in by their hashes, and nothing else', () => {
    const page = [...renderReport(dataOf([]))].join('');
    const hashOf = (tag: string) => {
      const text = new RegExp(`<${tag}>(.*?)</${tag}>`, 's').exec(page)?.[1] ?? '';
      return createHash('sha256').update(text).digest('base64');
    };
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1]?.split('; ');
    expect(policy).toEqual([
      "default-src 'none'",
      `script-src 'sha256-${hashOf('script')}'`,
      `style-src 'sha256-${hashOf('style')}'`,
      "base-uri 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ]);
    expect(page).not.toMatch(/\bon\w+=|style="|\bsrc=|@import|url\(/);
  });
});
