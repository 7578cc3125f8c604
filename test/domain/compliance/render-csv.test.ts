import { describe, expect, test } from '@jest/globals';
import type { ComplianceResult } from '../../../src/domain/compliance/compliance-check.ts';
import { csvHeader, csvRow, csvUnlistedRow } from '../../../src/domain/compliance/render-csv.ts';
import fc from '../../seeded-properties.ts';
import { account, check, refOf, region, unreadable } from './inspected-resources.ts';

const failure: ComplianceResult = {
  checkId: 's3-bucket-tls-only',
  resource: refOf('s3-bucket'),
  verdict: 'fail',
  explanation: 'There is no policy.',
};

/** Rows of cells, by RFC 4180; every line ends with CRLF. */
function parsed(csv: string): readonly (readonly string[])[] {
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  const rows: string[][] = [[]];
  while (cell.lastIndex < csv.length) {
    const found = cell.exec(csv);
    if (found === null) throw new Error('This is no CSV');
    const [, quoted, plain = '', end] = found;
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === '\r\n') rows.push([]);
  }
  expect(rows.pop()).toEqual([]);
  return rows;
}

function recordOf(result: ComplianceResult): Readonly<Record<string, string | undefined>> {
  return recordIn(csvRow(result));
}

function recordIn(row: string): Readonly<Record<string, string | undefined>> {
  const [names = [], cells = [], ...others] = parsed(csvHeader + row);
  expect(others).toEqual([]);
  expect(cells).toHaveLength(names.length);
  return Object.fromEntries(names.map((name, index) => [name, cells[index]]));
}

test('a failure', () => {
  const { title, remedy } = check('s3-bucket-tls-only');
  expect(recordOf(failure)).toEqual({
    account,
    region,
    type: 's3-bucket',
    resource: 'arn:aws:s3:::invoices',
    check: 's3-bucket-tls-only',
    title,
    severity: 'medium',
    verdict: 'fail',
    grade: '',
    applies: 'yes',
    exempt: 'no',
    exemptionOwner: '',
    exemptionExpires: '',
    exemptionReason: '',
    explanation: 'There is no policy.',
    remedy,
    references:
      'AWS Config s3-bucket-ssl-requests-only; Security Hub S3.5; CIS AWS Foundations v3.0.0/2.1.1; PCI DSS v4.0.1/4.2.1',
    unread: '',
  });
});

test('an exemption', () => {
  const exemption = { owner: 'web', reason: 'a "good" one,\r\nreally', expires: '2026-12-31' };
  expect(recordOf({ ...failure, exemption })).toMatchObject({
    verdict: 'fail',
    exempt: 'yes',
    exemptionOwner: 'web',
    exemptionExpires: '2026-12-31',
    exemptionReason: exemption.reason,
  });
});

test('what could not be read', () => {
  const unread = [unreadable('s3:GetBucketPolicy'), unreadable('s3:GetBucketAcl', 'throttled')];
  expect(recordOf({ ...failure, verdict: 'indeterminate', unread })).toMatchObject({
    verdict: 'indeterminate',
    remedy: '',
    unread: 's3:GetBucketPolicy denied AccessDenied; s3:GetBucketAcl throttled Other',
  });
});

test('a place that could not be listed', () => {
  const reading = unreadable('sqs:ListQueues');
  expect(recordIn(csvUnlistedRow({ scope: { account, region }, type: 'sqs-queue', reading }))).toEqual({
    account,
    region,
    type: 'sqs-queue',
    resource: '',
    check: 'inventory',
    title: '',
    severity: '',
    verdict: 'indeterminate',
    grade: '',
    applies: 'yes',
    exempt: 'no',
    exemptionOwner: '',
    exemptionExpires: '',
    exemptionReason: '',
    explanation:
      'What there is of type sqs-queue could not be listed, and was not judged: sqs:ListQueues was denied (AccessDenied).',
    remedy: '',
    references: '',
    unread: 'sqs:ListQueues denied AccessDenied',
  });
});

test('what does not apply, graded, of a check that is no more', () => {
  expect(
    recordOf({ ...failure, checkId: 'of-old', verdict: 'pass', applies: false, grade: 'sse-s3' }),
  ).toMatchObject({
    check: 'of-old',
    title: '',
    severity: '',
    applies: 'no',
    grade: 'sse-s3',
    references: '',
  });
});

describe('no cell is a formula', () => {
  test.each([
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '\n=1',
    ' =1',
    '\u00a0=1',
    '\0=1',
    '\uff1d1',
    '\uff0b1',
    '\uff0d1',
    '\uff201',
  ])('%j', explanation => {
    expect(recordOf({ ...failure, explanation })['explanation']).toBe(`'${explanation}`);
  });

  test.each(['a=1', 'x', '', '1-1', "'=1", 'arn:aws:s3:::-a'])('%j is none', explanation => {
    expect(recordOf({ ...failure, explanation })['explanation']).toBe(explanation);
  });

  test('and each is read as it was written', () => {
    const text = fc.string({
      unit: fc.constantFrom('=', '+', '-', '@', '"', ',', '\r', '\n', '\t', ' ', 'a', ';'),
    });
    fc.assert(
      fc.property(text, text, (explanation, reason) => {
        const record = recordOf({ ...failure, explanation, exemption: { owner: 'a', reason, expires: 'b' } });
        for (const [cell, given] of [
          [record['explanation'], explanation],
          [record['exemptionReason'], reason],
        ]) {
          expect(cell).not.toMatch(/^[\s]*[=+\-@]/);
          expect([given, `'${given}`]).toContain(cell);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
