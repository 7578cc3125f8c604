import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { LocalPipeline } from '../local-pipeline.ts';
import { alertsOf } from './alerts-of.ts';
import type { DemoClients } from './demo-clients.ts';
import { type Expectation, expectation } from './expectation.ts';
import { fireSchedule } from './fire-schedule.ts';

/**
 * Has the logs that a trail's bucket holds analyzed again by the backfill, and looked at by the verifier, and finds out what
 * both say.
 *
 * @param stored Matched events in their table, which stay as many.
 * @param logs Logs in the bucket, and how many of them cannot be read.
 */
export async function lookAgain(
  pipeline: LocalPipeline,
  clients: DemoClients,
  stored: number,
  logs: { readonly readable: number; readonly unreadable: number },
): Promise<readonly Expectation[]> {
  const { TrailBackfillStateMachineArn: stateMachineArn = '', TrailBackfillsTableName: ledger = '' } =
    pipeline.outputs;
  const told = (kind: string) => alertsOf(pipeline, kind).length;
  const alerts = told('trail.match');
  const workflows = new SFNClient(pipeline.client);
  try {
    const input = JSON.stringify({ from: '2026-11-01', to: '2026-11-30' });
    await workflows.send(new StartExecutionCommand({ stateMachineArn, name: 'demo-backfill', input }));
    await pipeline.idle(180_000);
  } finally {
    workflows.destroy();
  }
  await fireSchedule(pipeline, clients, 'sallyport-trail-verification-dev');
  await pipeline.idle(180_000);
  const rows = await clients.rows(ledger);
  const [execution] = pipeline.executions(stateMachineArn);
  const having = (outcome: string) => rows.filter(row => row['outcome'] === outcome).length;
  const events = await clients.rows(pipeline.outputs['TrailEventsTableName'] ?? '');
  return [
    expectation('logs that a backfill analyzed again', logs.readable, having('analyzed')),
    expectation('logs that it could not read', logs.unreadable, having('unreadable')),
    expectation('backfills that call themselves incomplete', 1, execution?.status === 'FAILED' ? 1 : 0),
    expectation('matched events after the backfill', stored, events.length),
    expectation('alerts that it has added on matches', 0, told('trail.match') - alerts),
    // No trail has signed a digest here.
    expectation('alerts of a verification that finds no digest', 1, told('trail.integrity')),
  ];
}
