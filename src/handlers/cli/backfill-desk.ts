import type { AlertChannel } from '../../ports/alert-channel.ts';
import type { AlertWindows } from '../../ports/alert-windows.ts';
import type { BackfillLedger } from '../../ports/backfill-ledger.ts';
import type { ObjectListing } from '../../ports/object-listing.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { TrailEventStore } from '../../ports/trail-event-store.ts';

/** What a backfill by hand works on. */
export interface BackfillDeskRequest {
  readonly eventsTable: string;
  /** Days for which a matched event is kept. */
  readonly eventDays: number;
  readonly ledger: { readonly file: string } | { readonly table: string };
  /** Absent where nobody is to be told. */
  readonly alerts?: { readonly topic: string; readonly windowsTable: string };
}

/** The ports of a backfill by hand. */
export interface BackfillDesk {
  readonly objects: ObjectStore;
  readonly events: TrailEventStore;
  /** The name of that store, and where it is: one ledger may serve several. */
  readonly store: string;
  readonly ledger: BackfillLedger;
  readonly telling: { readonly alerts: AlertChannel; readonly windows: AlertWindows } | undefined;
  /** Lets go of connections and files. */
  close(): Promise<void>;
}

/** Opens what a backfill needs: the listing first, for its estimate, and the rest once that is agreed to. */
export interface BackfillDesks {
  openListing(): Promise<{ readonly listing: ObjectListing; close(): void }>;
  openDesk(request: BackfillDeskRequest): Promise<BackfillDesk>;
}
