import type { Contract } from './contract.ts';
import { announcedCases } from './trail-event-store/announced-cases.ts';
import { bothWaysCases } from './trail-event-store/both-ways-cases.ts';
import { listingCases } from './trail-event-store/listing-cases.ts';
import type { TrailEventStoreSubject } from './trail-event-store/sample-events.ts';
import { storeCases } from './trail-event-store/store-cases.ts';

export type { TrailEventStoreSubject } from './trail-event-store/sample-events.ts';

/** What every `TrailEventStore` promises. */
export const trailEventStoreContract: Contract<TrailEventStoreSubject> = {
  port: 'TrailEventStore',
  cases: [...storeCases, ...announcedCases, ...bothWaysCases, ...listingCases],
};
