import type { LocalPipeline } from '../local-pipeline.ts';
import type { DemoClients } from './demo-clients.ts';

/** Puts the event on the bus that the clock would put there. Resolves once every target has it. */
export async function fireSchedule(
  pipeline: LocalPipeline,
  clients: DemoClients,
  ruleName: string,
): Promise<void> {
  const rule = pipeline.scheduledRules.find(({ name }) => name === ruleName);
  if (rule === undefined) throw new Error(`No schedule is called ${ruleName}.`);
  await clients.putEvent('aws.events', 'Scheduled Event', {}, [rule.arn]);
}
