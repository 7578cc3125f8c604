import type { ObjectListing } from '../../../ports/object-listing.ts';
import { type BackfillPriceName, backfillPrices } from './backfill-prices.ts';
import type { BackfillSelection } from './backfill-selection.ts';
import { listTrailLogs, newListingProgress } from './list-trail-logs.ts';

/**
 * When a cost arises: always; where matches are stored (at {@link matchShare} of the records); where the ledger is a table;
 * where the logs are encrypted under a KMS key without a bucket key; where they are read outside of AWS; where Step Functions
 * carries the backfill out.
 */
export type CostReason = 'always' | 'matches' | 'table-ledger' | 'kms' | 'outside-aws' | 'step-functions';

export interface BackfillCost {
  readonly reason: CostReason;
  readonly price: BackfillPriceName;
  readonly units: number;
  readonly usd: number;
}

/** What a backfill takes, before it is begun. */
export interface BackfillEstimate {
  readonly objects: number;
  /** Bytes as stored, which is compressed. */
  readonly bytes: number;
  /** Regions of accounts in which logs were looked for. */
  readonly regions: number;
  /** Folders that lie too deep to be searched for a trail: nothing of them is in here. */
  readonly foldersPassedOver: number;
  /** Requests to S3, of the estimate itself and of the backfill. */
  readonly requests: { readonly list: number; readonly read: number };
  readonly costs: readonly BackfillCost[];
}

/** Records that match, of all: a guess, and on the safe side for rules that are made to be read by people. */
export const matchShare = 0.01;

/** Bytes of a log for each record: 35 MB of JSON with some 32,000 records make a gzip of 5 MB. */
const bytesPerRecord = 160;

/** An event above 1 KB in the table and its two indexes. */
const writesPerEvent = 4;

/** Keys that one request lists. */
const pageLength = 1000;

/** Of the state machine: logs in a batch, transitions of each, and what the function does of a log in a second. */
const [batchLength, transitionsPerBatch] = [100, 3];
const [secondsPerObject, secondsPerByte] = [0.02, 1 / (10 * 1024 ** 2)];

/**
 * Lists what a backfill would look at, and says what that costs. Looks into no log.
 *
 * @param onObject Called for each log found, so that progress can be told.
 * @throws {BackfillSelectionError} as {@link listTrailLogs} does.
 */
export async function estimateBackfill(
  listing: ObjectListing,
  selection: BackfillSelection,
  onObject: (bytes: number) => void = () => undefined,
): Promise<BackfillEstimate> {
  const progress = newListingProgress();
  let bytes = 0;
  for await (const { size } of listTrailLogs(listing, selection, progress)) {
    bytes += size;
    onObject(size);
  }
  const { logs: objects, regions, folders, passedOver } = progress;
  // Of each region the last page is not full. The backfill lists once more.
  const list = 2 * (folders + regions + Math.floor(objects / pageLength));
  // The analyzer asks for the current version, and reads that.
  const read = 2 * objects;
  return {
    ...{ objects, bytes, regions, foldersPassedOver: passedOver },
    requests: { list, read },
    costs: costsOf({ objects, bytes, list, read }),
  };
}

/** US dollars for these reasons. */
export function usdOf({ costs }: Pick<BackfillEstimate, 'costs'>, reasons: readonly CostReason[]): number {
  return costs.filter(({ reason }) => reasons.includes(reason)).reduce((sum, { usd }) => sum + usd, 0);
}

interface Amounts {
  readonly objects: number;
  readonly bytes: number;
  readonly list: number;
  readonly read: number;
}

function costsOf({ objects, bytes, list, read }: Amounts): readonly BackfillCost[] {
  const events = Math.ceil((bytes / bytesPerRecord) * matchShare);
  const batches = Math.ceil(objects / batchLength);
  const units: readonly (readonly [CostReason, BackfillPriceName, number])[] = [
    ['always', 'list', list],
    ['always', 'get', read],
    ['matches', 'tableWrite', events * writesPerEvent],
    ['table-ledger', 'tableRead', objects],
    ['table-ledger', 'tableWrite', objects],
    ['kms', 'keyRequest', objects],
    ['outside-aws', 'dataOut', bytes],
    ['step-functions', 'transition', batches * transitionsPerBatch],
    ['step-functions', 'lambdaRequest', batches],
    ['step-functions', 'lambdaSecond', Math.ceil(objects * secondsPerObject + bytes * secondsPerByte)],
  ];
  return units.map(([reason, name, count]) => {
    const { usd, per } = backfillPrices[name];
    return { reason, price: name, units: count, usd: (count * usd) / per };
  });
}
