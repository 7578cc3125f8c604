import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { FunctionOutput, type LogLine, readMetrics } from '../../../infra/local/function-output.ts';

function metricLine(values: Readonly<Record<string, unknown>>): string {
  const Metrics = [
    { Name: 'UploadAdmitted', Unit: 'Count' },
    { Name: 'Bytes', Unit: 'Bytes' },
  ];
  const CloudWatchMetrics = [
    { Namespace: 'Sallyport', Dimensions: [['service'], ['service', 'code']], Metrics },
  ];
  return JSON.stringify({
    _aws: { Timestamp: 1, CloudWatchMetrics },
    service: 'intake',
    code: 'dots',
    ...values,
  });
}

describe('FunctionOutput', () => {
  test('puts lines together from what comes in pieces, per function', () => {
    const heard: LogLine[] = [];
    const output = new FunctionOutput({ onLine: line => heard.push(line) });
    output.write('trigger', 'one\ntw');
    output.write('writer', 'other');
    output.write('trigger', 'o\n\nthree');
    output.write('trigger', undefined);
    output.write('writer', undefined);
    expect(output.lines('trigger')).toEqual(['one', 'two', 'three']);
    expect(output.lines('writer')).toEqual(['other']);
    expect(output.lines('unknown')).toEqual([]);
    expect(heard.map(({ line }) => line)).toEqual(['one', 'two', 'three', 'other']);
  });

  test('writes every line to a file of the function', async () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'logs-')), 'new');
    const output = new FunctionOutput({ folder });
    output.write('trigger', 'one\ntwo');
    output.write('trigger', undefined);
    await output.close();
    expect(readFileSync(join(folder, 'trigger.log'), 'utf8')).toBe('one\ntwo\n');
  });

  test('keeps the last lines only', () => {
    const output = new FunctionOutput({});
    output.write('trigger', Array.from({ length: 6000 }, (_, index) => `${index}\n`).join(''));
    expect(output.lines('trigger')).toHaveLength(5000);
    expect(output.lines('trigger').at(-1)).toBe('5999');
  });

  test('adds metrics up per name and dimensions', () => {
    const output = new FunctionOutput({});
    output.write('trigger', `${metricLine({ UploadAdmitted: 2, Bytes: [1, 2] })}\n`);
    output.write('trigger', `${metricLine({ UploadAdmitted: 1, Bytes: 4, code: 'null-byte' })}\n`);
    const sums = output
      .metrics()
      .map(({ name, dimensions, sum }) => [name, Object.values(dimensions).join(), sum]);
    expect(sums).toEqual([
      ['UploadAdmitted', 'intake', 3],
      ['Bytes', 'intake', 7],
      ['UploadAdmitted', 'intake,dots', 2],
      ['Bytes', 'intake,dots', 3],
      ['UploadAdmitted', 'intake,null-byte', 1],
      ['Bytes', 'intake,null-byte', 4],
    ]);
  });
});

test.each<[string, string]>([
  ['a plain line', 'hello'],
  ['a log record', '{"level":"INFO","message":"x"}'],
  ['a line that only speaks of it', 'the member "_aws" is missing'],
  ['a record without metrics', '{"_aws":{}}'],
])('readMetrics finds none in %s', (_name, line) => {
  expect(readMetrics(line)).toEqual([]);
});
