import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { FunctionOutput, type LogLine, readMetrics } from '../../../infra/local/function-output.ts';
import { temporaryFolder } from './fixtures/temporary-folder.ts';

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
  test('keeps the lines of each function and passes them on', () => {
    const heard: LogLine[] = [];
    const output = new FunctionOutput({ onLine: line => heard.push(line) });
    output.write('trigger', 'one');
    output.write('writer', 'other');
    output.write('trigger', 'two');
    expect(output.lines('trigger')).toEqual(['one', 'two']);
    expect(output.lines('writer')).toEqual(['other']);
    expect(output.lines('unknown')).toEqual([]);
    expect(heard.map(({ line }) => line)).toEqual(['one', 'other', 'two']);
  });

  test('writes every line to a file of the function', async () => {
    const folder = join(temporaryFolder('logs'), 'new');
    const output = new FunctionOutput({ folder });
    output.write('trigger', 'one');
    output.write('trigger', 'two');
    await output.close();
    expect(readFileSync(join(folder, 'trigger.log'), 'utf8')).toBe('one\ntwo\n');
  });

  test('keeps the last lines only', () => {
    const output = new FunctionOutput({});
    for (let index = 0; index < 6000; index++) output.write('trigger', String(index));
    expect(output.lines('trigger')).toHaveLength(5000);
    expect(output.lines('trigger').at(-1)).toBe('5999');
  });

  test('adds metrics up per name and dimensions', () => {
    const output = new FunctionOutput({});
    output.write('trigger', metricLine({ UploadAdmitted: 2, Bytes: [1, 2] }));
    output.write('trigger', metricLine({ UploadAdmitted: 1, Bytes: 4, code: 'null-byte' }));
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
