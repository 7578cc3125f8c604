import type { IntegrityFinding, IntegrityVerdict } from './integrity-finding.ts';

/**
 * What a verification came to:
 *
 * - `broken`: something is tampered with or missing.
 * - `indeterminate`: of what could be read nothing is, but not all could be read.
 * - `unproven`: all was read, and of some of it, or of some time, there is no proof.
 * - `valid`: all is what CloudTrail delivered.
 */
export type IntegrityOutcome = 'broken' | 'indeterminate' | 'unproven' | 'valid';

/** Counts findings. */
export class IntegrityTally {
  readonly digests: Record<IntegrityVerdict, number> = { valid: 0, tampered: 0, missing: 0, unverifiable: 0 };
  /** Pending logs are not among the `unverifiable` ones. */
  readonly logs: Record<IntegrityVerdict, number> = { valid: 0, tampered: 0, missing: 0, unverifiable: 0 };
  /** Logs for which the digest is not due yet. */
  pending = 0;
  /** Times of which nothing is proven. */
  times = 0;
  /** Findings that say that something could not be read: among the others, too. */
  unreadable = 0;

  add(finding: IntegrityFinding): void {
    if (finding.reason === 'unreadable') this.unreadable += 1;
    if (finding.reason === 'pending') this.pending += 1;
    else if (finding.kind === 'time') this.times += 1;
    else this[finding.kind === 'digest' ? 'digests' : 'logs'][finding.verdict] += 1;
  }

  of(verdict: IntegrityVerdict): number {
    return this.digests[verdict] + this.logs[verdict];
  }

  get outcome(): IntegrityOutcome {
    if (this.of('tampered') + this.of('missing') > 0) return 'broken';
    if (this.unreadable > 0) return 'indeterminate';
    // Nothing proven is no success either.
    return this.of('unverifiable') + this.times > 0 || this.digests.valid === 0 ? 'unproven' : 'valid';
  }
}
