import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { ComplianceScanner } from '../../../src/domain/compliance/compliance-scanner.ts';
import type { ScanProgress } from '../../../src/domain/compliance/scan-progress.ts';
import { advanceScan } from '../../../src/handlers/lambda/advance-scan.ts';
import { PortError } from '../../../src/ports/failure.ts';
import { awsOwned, ScanWorld, scope, table } from '../../domain/compliance/scan-fixtures.ts';
import { type RecordedTelemetry, recordedTelemetry } from './recorded-telemetry.ts';

let telemetry: RecordedTelemetry;
beforeEach(async () => {
  jest.restoreAllMocks();
  telemetry = await recordedTelemetry();
});

const valuesOf = (...names: readonly string[]) =>
  Object.fromEntries(names.map(name => [name, telemetry.metricsOf(name).map(({ value }) => value)]));

const first = { execution: 'scan-1', startedAt: '2026-11-21T08:00:00.000Z' };
const numbers = {
  new: 1,
  worsened: 2,
  resolved: 4,
  newlyUnjudged: 1,
  stillFailing: 8,
  notJudged: 3,
  exempt: 5,
  withdrawn: 0,
};

/** A scanner each of whose calls takes a minute and a half, and that is done after as many calls as it is given phases. */
function minutes(...phases: readonly ScanProgress['phase'][]) {
  let spent = 0;
  let calls = 0;
  const begin = new ScanWorld([]).begin('scan-1');
  const scanner: Pick<ComplianceScanner, 'begin' | 'advance'> = {
    begin: () => begin,
    advance: async progress => {
      spent += 90_000;
      calls += 1;
      const phase = phases[calls - 1] ?? 'done';
      return { ...progress, phase, ...(phase === 'done' ? { numbers } : {}) };
    },
  };
  return { scanner, begin, calls: () => calls, remainingTime: (whole: number) => () => whole - spent };
}

describe('advanceScan', () => {
  test('works until the scan is done, and measures what it found', async () => {
    const world = new ScanWorld([table('a', { encryption: awsOwned })]);
    const ports = { scanner: world.scanner, scope, remainingTime: () => 900_000 };
    const answer = await advanceScan(first, ports, telemetry);
    expect(answer).toMatchObject({ scanId: 'scan-1', phase: 'done', startedAt: first.startedAt });
    expect(world.alerts.published).toHaveLength(1);
    expect(valuesOf('ComplianceScansConcluded', 'ComplianceFailures', 'ComplianceNotJudged')).toEqual({
      ComplianceScansConcluded: [1],
      ComplianceFailures: [1],
      ComplianceNotJudged: [0],
    });
  });

  test('ends before its time does and answers where it has come to, which it takes again', async () => {
    const slow = minutes('scanning', 'scanning', 'concluding', 'done');
    const answer = await advanceScan(
      first,
      { scanner: slow.scanner, scope, remainingTime: slow.remainingTime(300_000) },
      telemetry,
    );
    expect([answer.phase, slow.calls()]).toEqual(['scanning', 2]);
    expect(telemetry.metricsOf('ComplianceScansConcluded')).toEqual([]);
    const ended = await advanceScan(
      JSON.parse(JSON.stringify(answer)),
      { scanner: slow.scanner, scope, remainingTime: slow.remainingTime(900_000) },
      telemetry,
    );
    expect(ended.phase).toBe('done');
    expect(
      valuesOf(
        'ComplianceScansConcluded',
        'ComplianceFailures',
        'ComplianceNotJudged',
        'ComplianceExempt',
        'ComplianceFindingsRefused',
      ),
    ).toEqual({
      ComplianceScansConcluded: [1],
      ComplianceFailures: [11],
      ComplianceNotJudged: [3],
      ComplianceExempt: [5],
      ComplianceFindingsRefused: [0],
    });
  });

  test('makes the id of an execution’s name, of which objects are named', async () => {
    const world = new ScanWorld([]);
    const ports = { scanner: world.scanner, scope, remainingTime: () => 900_000 };
    const answer = await advanceScan({ ...first, execution: 'by hand@2.1' }, ports, telemetry);
    expect(answer.scanId).toBe('by-hand-2-1');
  });

  test.each([
    ['a minute', 900_000, 61_000, 59_000],
    ['a third, where there is little', 30_000, 11_000, 9000],
  ])('keeps %s of its time for what is under way', async (_, whole, enough, little) => {
    const { begin } = minutes();
    let remaining = whole;
    const seen: boolean[] = [];
    const scanner: Pick<ComplianceScanner, 'begin' | 'advance'> = {
      begin: () => begin,
      advance: async (progress, hasTime) => {
        for (remaining of [whole, enough, little]) seen.push(hasTime());
        return progress;
      },
    };
    await advanceScan(first, { scanner, scope, remainingTime: () => remaining }, telemetry);
    expect(seen).toEqual([true, true, false]);
  });

  test('counts a scan once it is done, not each time that its import goes on', async () => {
    const { begin } = minutes();
    const scanner: Pick<ComplianceScanner, 'begin' | 'advance'> = {
      begin: () => begin,
      advance: async progress => ({ ...progress, phase: 'importing', numbers }),
    };
    let remaining = 900_000;
    const remainingTime = () => {
      remaining -= 300_000;
      return remaining;
    };
    expect((await advanceScan(first, { scanner, scope, remainingTime }, telemetry)).phase).toBe('importing');
    expect(telemetry.metricsOf('ComplianceScansConcluded')).toEqual([]);
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['a beginning without a time', { execution: 'scan-1' }],
    ['a name that is none', { ...first, execution: '' }],
    ['more than a beginning', { ...first, accounts: ['111122223333'] }],
    ['a progress of another form', { ...new ScanWorld([]).begin('x'), unit: -1 }],
  ])('refuses %s, naming what is wrong', async (_, input) => {
    const ports = { scanner: minutes().scanner, scope, remainingTime: () => 900_000 };
    await expect(advanceScan(input, ports, telemetry)).rejects.toMatchObject({
      name: 'Sallyport.InvalidInput',
    });
  });

  test('fails with a name that the state machine can retry on', async () => {
    const error = new PortError({
      kind: 'throttled',
      operation: 'ObjectStore.put',
      code: 'SlowDown',
      message: 'refused for load',
    });
    const { begin } = minutes();
    const scanner = { begin: () => begin, advance: () => Promise.reject(error) };
    const ports = { scanner, scope, remainingTime: () => 900_000 };
    await expect(advanceScan(first, ports, telemetry)).rejects.toMatchObject({ name: 'Sallyport.Throttled' });
    expect(telemetry.logs()).toMatchObject([{ message: 'Scan not advanced', scanId: 'scan-1' }]);
  });
});
