import { FaultInjector } from '../../../src/adapters/memory/fault-injection.ts';
import { ManualClock } from '../../../src/adapters/memory/manual-clock.ts';
import { MemoryAlertChannel } from '../../../src/adapters/memory/memory-alert-channel.ts';
import { MemoryAlertWindows } from '../../../src/adapters/memory/memory-alert-windows.ts';
import { MemoryObjectStore } from '../../../src/adapters/memory/memory-object-store.ts';
import { MemoryTrailEventStore } from '../../../src/adapters/memory/memory-trail-event-store.ts';
import type { BusEvent } from '../../../src/domain/trail/bus-event.ts';
import {
  type AnnouncedLog,
  TrailAnalyzer,
  type TrailAnalyzerOptions,
} from '../../../src/domain/trail/trail-analyzer.ts';
import type { TrailRules } from '../../../src/domain/trail/trail-rules.ts';
import { TrailSummarizer } from '../../../src/domain/trail/trail-summarizer.ts';
import type { Alert } from '../../../src/ports/alert-channel.ts';
import type { JsonObject } from '../../../src/ports/json.ts';
import { logKey } from './trail-fixtures.ts';

export const minute = 60_000;

/** What a test may set of an analyzer. */
export type AnalyzerChoices = Partial<
  Omit<TrailAnalyzerOptions, 'announce' | 'alerts' | 'windows' | 'rules' | 'events'>
> & {
  readonly rules: TrailRules | (() => Promise<TrailRules>);
  readonly events?: MemoryTrailEventStore;
  readonly windows?: MemoryAlertWindows;
  readonly alerts?: MemoryAlertChannel;
};

/** An analyzer and a summarizer on memory adapters, all of whose calls pass through `faults`. */
export function trailWorld(choices: AnalyzerChoices, faults = new FaultInjector()) {
  const clock = new ManualClock();
  const objects = new MemoryObjectStore({ clock, buckets: ['logs'] });
  const {
    events = new MemoryTrailEventStore(),
    windows = new MemoryAlertWindows(),
    alerts = new MemoryAlertChannel(),
    ...options
  } = choices;
  const ports = {
    objects: faults.wrap('objects', objects),
    events: faults.wrap('events', events),
    windows: faults.wrap('windows', windows),
    alerts: faults.wrap('alerts', alerts),
    clock,
  };
  const analyzer = new TrailAnalyzer({ ...ports, ...options });
  const summarizer = new TrailSummarizer({ ...ports, concurrency: 2 });
  const put = async (bytes: Uint8Array, key = logKey): Promise<Required<AnnouncedLog>> => {
    const put = await objects.put({ bucket: 'logs', key }, bytes);
    if (put.outcome !== 'stored') throw new Error('The log is not stored.');
    return put.ref;
  };
  return { clock, objects, events, windows, alerts, analyzer, summarizer, faults, put, ports };
}

/** Rule and event id of everything in the windows of matches, as often as it is there. */
export async function gathered(windows: MemoryAlertWindows): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { id, rule, kind } of windows.windows) {
    if (kind !== 'matches') continue;
    for await (const entry of windows.entries(id)) found.push(`${rule} ${entry.id}`);
  }
  return found.toSorted();
}

/** Rule and event id of what was announced at once. */
export const announcements = (alerts: readonly Alert[]) =>
  ofKind('trail.match', alerts)
    .map(({ details }) => `${details['rule']} ${(details['event'] as { readonly eventId: string }).eventId}`)
    .toSorted();

export const ofKind = (kind: string, alerts: readonly Alert[]) => alerts.filter(alert => alert.kind === kind);

/** A record as the event bus delivers it. */
export function busEvent(record: JsonObject): BusEvent {
  return {
    id: 'delivery-1',
    account: '111122223333',
    region: 'us-east-1',
    time: '2026-11-21T08:01:02.000Z',
    record,
    text: JSON.stringify(record),
  };
}
