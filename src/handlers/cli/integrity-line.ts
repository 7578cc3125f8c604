import { printableText } from '../../domain/kernel/printable-text.ts';
import type { IntegrityFinding } from '../../domain/trail/integrity/integrity-finding.ts';
import type { IntegrityTally } from '../../domain/trail/integrity/integrity-tally.ts';
import { printableJson } from './printable-json.ts';
import { printablePath } from './printable-path.ts';

/** A line of JSON, the same keys in the same order in each; what is not known is null. */
export function findingAsJson(finding: IntegrityFinding): string {
  const { verdict, kind, reason = null, detail = null, account = null, region = null } = finding;
  const isTime = finding.kind === 'time';
  return printableJson({
    verdict,
    kind,
    reason,
    detail,
    account,
    region,
    bucket: isTime ? null : finding.bucket,
    key: isTime ? null : finding.key,
    from: isTime ? (finding.from ?? null) : null,
    to: isTime ? (finding.to ?? null) : null,
  });
}

/** A line for people. */
export function findingAsText(finding: IntegrityFinding): string {
  const { verdict, kind, reason, detail } = finding;
  const why = [reason, detail].filter(part => part !== undefined).join(': ');
  const line = `${verdict.padEnd('unverifiable'.length)}  ${kind.padEnd('digest'.length)}  ${placeOf(finding)}`;
  return why === '' ? line : `${line}  ${printableText(why, 1400)}`;
}

/** What a verification came to, in one line. */
export function tallyLine({ digests, logs, pending, times, unreadable, outcome }: IntegrityTally): string {
  const rest = [
    ...(pending === 0
      ? []
      : [pending === 1 ? '1 log awaits its digest' : `${pending} logs await their digests`]),
    ...(times === 0 ? [] : [times === 1 ? '1 time is not proven' : `${times} times are not proven`]),
    ...(unreadable === 0 ? [] : [`${unreadable} could not be read`]),
  ];
  return [`digests: ${countsOf(digests)}`, `logs: ${countsOf(logs)}`, ...rest, outcome].join('; ');
}

function placeOf(finding: IntegrityFinding): string {
  if (finding.kind !== 'time') return printablePath(`${finding.bucket}/${finding.key}`);
  const { account = 'any account', region = 'any region', from, to } = finding;
  const span = [from === undefined ? undefined : `from ${from}`, to === undefined ? undefined : `to ${to}`];
  return [account, printableText(region), ...span].filter(part => part !== undefined).join(' ');
}

function countsOf(counts: IntegrityTally['digests']): string {
  return Object.entries(counts)
    .map(([verdict, count]) => `${count} ${verdict}`)
    .join(', ');
}
