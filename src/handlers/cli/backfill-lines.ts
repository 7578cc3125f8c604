import { printableText } from '../../domain/kernel/printable-text.ts';
import { backfillPrices } from '../../domain/trail/backfill/backfill-prices.ts';
import type { BackfillSummary } from '../../domain/trail/backfill/backfill-summary.ts';
import { type BackfillEstimate, matchShare, usdOf } from '../../domain/trail/backfill/estimate-backfill.ts';
import type { BackfillResult } from '../../domain/trail/backfill/trail-backfill.ts';
import { printableJson } from './printable-json.ts';

const count = (number: number) => number.toLocaleString('en-US');

export function shownBytes(bytes: number): string {
  const megabytes = bytes / 1024 ** 2;
  return megabytes < 1024 ? `${megabytes.toFixed(1)} MB` : `${(megabytes / 1024).toFixed(2)} GB`;
}

function shownUsd(usd: number): string {
  return usd > 0 && usd < 0.01 ? 'less than 0.01 USD' : `${usd.toFixed(2)} USD`;
}

function aboutUsd(usd: number): string {
  return usd > 0 && usd < 0.01 ? shownUsd(usd) : `about ${shownUsd(usd)}`;
}

/** Regions are counted for each account. */
function shownRegions(regions: number): string {
  return regions === 1 ? 'of one region' : `of ${count(regions)} regions, counted for each account`;
}

/** The estimate for people: what a run by hand costs, and what comes to it under which circumstances. */
export function estimateAsText(estimate: BackfillEstimate, ledger: 'file' | 'table'): string {
  const { objects, bytes, regions, requests, foldersPassedOver } = estimate;
  const own = usdOf(estimate, ledger === 'table' ? ['always', 'table-ledger'] : ['always']);
  const months = Object.values(backfillPrices).map(({ known }) => known);
  const oldest = months.toSorted()[0];
  return [
    `${count(objects)} ${objects === 1 ? 'log' : 'logs'}, ${shownBytes(bytes)}, ${shownRegions(regions)}`,
    `${aboutUsd(own)} for ${count(requests.list)} LIST and ${count(requests.read)} HEAD and GET requests${ledger === 'table' ? ' and the ledger' : ''}`,
    `and ${aboutUsd(usdOf(estimate, ['matches']))} to store events, if ${matchShare * 100} % of the records match`,
    `and at most ${shownUsd(usdOf(estimate, ['kms']))} where the logs are encrypted under a KMS key without a bucket key`,
    `and ${aboutUsd(usdOf(estimate, ['outside-aws']))} for their way out, where this is not run in the bucket's region`,
    `(or ${shownUsd(usdOf(estimate, ['step-functions', 'table-ledger']))} more, but no way out, where Step Functions carries it out)`,
    `prices of us-east-1 before any free tier, as known since ${oldest}: https://aws.amazon.com/pricing/`,
    ...(foldersPassedOver === 0
      ? []
      : [
          `${count(foldersPassedOver)} folders lie too deep to be searched for AWSLogs/: give their prefix to have them in`,
        ]),
  ].join('\n');
}

export function estimateAsJson(estimate: BackfillEstimate): string {
  return printableJson({ type: 'estimate', ...estimate });
}

/** What became of a log that was not read. */
export function resultAsText({ entry }: BackfillResult): string {
  const { outcome, bucket, key, fault } = entry;
  const why = fault === undefined ? '' : `  (${printableText(fault.code)}: ${printableText(fault.message)})`;
  return `${outcome.padEnd('unreadable'.length)}  s3://${printableText(bucket)}/${printableText(key, 1024)}${why}`;
}

export function resultAsJson({ entry, before }: BackfillResult): string {
  const { outcome, bucket, key, etag, fault, tally, at } = entry;
  return printableJson({
    type: 'log',
    outcome,
    before,
    bucket,
    key,
    etag,
    fault: fault ?? null,
    ...tally,
    at,
  });
}

export function summaryAsText({ objects, outcomes, tally }: BackfillSummary, before: number): string {
  const { analyzed, skipped, unreadable, missing, failed } = outcomes;
  return [
    `${count(objects)} logs: ${count(analyzed)} analyzed, ${count(skipped)} skipped, ${count(unreadable)} unreadable, ${count(missing)} missing, ${count(failed)} failed; ${count(before)} of them in an earlier run`,
    `${count(tally.records)} records, ${count(tally.matches)} matched, ${count(tally.stored)} events were not stored before, ${count(tally.alerts)} alerts`,
  ].join('\n');
}

export function summaryAsJson({ objects, outcomes, tally }: BackfillSummary, before: number): string {
  return printableJson({ type: 'summary', objects, before, outcomes, ...tally });
}
