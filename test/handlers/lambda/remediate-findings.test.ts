import { beforeEach, describe, expect, test } from '@jest/globals';
import { ManualClock } from '../../../src/adapters/memory/manual-clock.ts';
import { MemoryAuditLog } from '../../../src/adapters/memory/memory-audit-log.ts';
import { lastCauseOf } from '../../../src/domain/dead-letters/message-failure.ts';
import type { RemediationResult } from '../../../src/domain/findings/finding-remediator.ts';
import type { GuardDutyFinding } from '../../../src/domain/findings/guard-duty-finding.ts';
import { remediateFindings } from '../../../src/handlers/lambda/remediate-findings.ts';
import { PortError } from '../../../src/ports/failure.ts';
import type { StoredRemediation } from '../../../src/ports/remediation-ledger.ts';
import { findingEvent } from './finding-fixtures.ts';
import { sqsEvent } from './notification-fixtures.ts';
import { type RecordedTelemetry, recordedTelemetry } from './recorded-telemetry.ts';

let telemetry: RecordedTelemetry;
let audit: MemoryAuditLog;
beforeEach(async () => {
  telemetry = await recordedTelemetry();
  audit = new MemoryAuditLog();
});

const remediation: StoredRemediation = {
  schemaVersion: 1,
  findingId: 'f1',
  generation: '2026-11-21T07:55:00.000Z',
  decidedAt: '2026-11-21T08:00:00.000Z',
  target: '000000000000/us-east-1/instance/i-0abc',
  plan: {},
  steps: {
    tag: {
      stepId: 'tag',
      status: 'failed',
      at: '2026-11-21T08:00:00.000Z',
      before: { secret: 'evidence' },
      reason: { code: 'AccessDenied', message: 'not allowed' },
    },
  },
};

async function deliver(
  bodies: readonly string[],
  remediate: (finding: GuardDutyFinding, milliseconds?: number) => Promise<RemediationResult>,
) {
  const ports = { remediator: { remediate }, audit, clock: new ManualClock(), remainingTime: () => 30_000 };
  const { batchItemFailures } = await remediateFindings(sqsEvent(...bodies), ports, telemetry);
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}

const body = (detail: Record<string, unknown> = {}) => JSON.stringify(findingEvent(detail));

const count = (name: string) =>
  telemetry.metricsOf(name).map(({ value, dimensions }) => [value, Object.keys(dimensions)]);

describe('a finding', () => {
  test.each([
    ['contained', 'FindingsContained'],
    ['partially-contained', 'FindingsPartiallyContained'],
    ['planned', 'FindingsPlanned'],
    ['notify-only', 'FindingsNotified'],
    ['exempt', 'FindingsExempt'],
    ['failed', 'RemediationsFailed'],
    ['repeated', 'FindingsRepeated'],
    ['superseded', 'FindingsSuperseded'],
  ] as const)('that is %s counts as %s', async (outcome, metric) => {
    const result = { outcome, remediation, isAnnounced: true } as RemediationResult;
    expect(await deliver([body()], async () => result)).toEqual([]);
    expect(count(metric)).toEqual([[1, ['service']]]);
  });

  test('is given to the remediator with the time that there is', async () => {
    const given: unknown[] = [];
    await deliver([body({ severity: 9.2 })], async (finding, milliseconds) => {
      given.push([finding.id, finding.severity, milliseconds]);
      return { outcome: 'repeated', remediation };
    });
    expect(given).toEqual([['f1', 9.2, 30_000]]);
  });

  test('is logged without its text and without evidence', async () => {
    await deliver([body()], async () => ({ outcome: 'failed', remediation, isAnnounced: true }));
    const [line] = telemetry.logs().filter(({ message }) => message === 'Finding failed');
    expect(line).toMatchObject({
      level: 'ERROR',
      findingId: 'f1',
      type: 'Backdoor:EC2/C&CActivity.B!DNS',
      steps: [{ step: 'tag', status: 'failed', reason: 'AccessDenied' }],
    });
    expect(JSON.stringify(telemetry.logs())).not.toMatch(/command and control|evidence|still/);
  });

  test('that is a sample is counted as one', async () => {
    const additionalInfo = { sample: true };
    const service = { ...(findingEvent()['detail'] as { service: object }).service, additionalInfo };
    await deliver([body({ service })], async () => ({
      outcome: 'notify-only',
      remediation,
      isAnnounced: true,
    }));
    expect(count('FindingsSampled')).toEqual([[1, ['service']]]);
  });
});

describe('a message fails', () => {
  test('alone, where its finding cannot be dealt with now; the cause is noted', async () => {
    const failed = await deliver([body(), body({ id: 'f2' }), body({ id: 'f3' })], async finding => {
      if (finding.id !== 'f2') return { outcome: 'repeated', remediation };
      throw new PortError({
        kind: 'retryable',
        operation: 'RemediationLedger.lease',
        code: 'TargetBusy',
        message: 'another delivery has it',
      });
    });
    expect(failed).toEqual(['m2']);
    expect(await lastCauseOf('m2', audit)).toEqual({
      code: 'TargetBusy',
      message: 'finding f2: another delivery has it',
    });
    expect(count('FindingDeliveriesFailed')).toEqual([[1, ['service']]]);
  });

  test.each<[string, string, RegExp]>([
    ['that is no JSON', '{', /^finding: /],
    ['of another kind', JSON.stringify({ 'detail-type': 'Object Created', detail: {} }), /^detail-type: /],
    ['without a severity', body({ severity: undefined }), /^severity: is missing/],
    ['with a severity of 11', body({ severity: 11 }), /^severity: /],
    ['with an id that goes into no call', body({ id: 'a b' }), /^id: /],
    ['of two faults', body({ id: '', type: 7 }), /id: .*type: |type: .*id: /],
  ])('%s, with the field named, and is not given to the remediator', async (_, malformed, fields) => {
    const given: string[] = [];
    const failed = await deliver([malformed, body()], async ({ id }) => {
      given.push(id);
      return { outcome: 'repeated', remediation };
    });
    expect([failed, given]).toEqual([['m1'], ['f1']]);
    const cause = await lastCauseOf('m1', audit);
    expect(cause?.code).toBe('malformed-finding');
    expect(cause?.message).toMatch(fields);
    expect(count('FindingsMalformed')).toEqual([[1, ['service']]]);
  });
});
