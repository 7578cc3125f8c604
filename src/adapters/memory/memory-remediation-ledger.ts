import type { Timestamp } from '../../ports/clock.ts';
import { PortError } from '../../ports/failure.ts';
import type {
  Hold,
  LeaseOutcome,
  OpenOutcome,
  Remediation,
  RemediationLedger,
  RemediationOutcome,
  StepRecord,
  StoredRemediation,
} from '../../ports/remediation-ledger.ts';

/**
 * Remediations, holds and leases in memory. What is given and told is copied.
 *
 * @example
 * const ledger = new MemoryRemediationLedger();
 * await remediator.remediate(finding);
 * expect(ledger.remediations[0]?.outcome).toBe('contained');
 */
export class MemoryRemediationLedger implements RemediationLedger {
  readonly #remediations = new Map<string, StoredRemediation>();
  readonly #holds = new Map<string, Hold>();
  readonly #leases = new Map<string, { readonly owner: string; readonly until: Timestamp }>();

  /** Every remediation, in the order in which they were opened. */
  get remediations(): readonly StoredRemediation[] {
    return structuredClone([...this.#remediations.values()]);
  }

  async open(remediation: Remediation): Promise<OpenOutcome> {
    const key = keyOf(remediation.findingId, remediation.generation);
    const present = this.#remediations.get(key);
    if (present !== undefined) return { outcome: 'present', remediation: structuredClone(present) };
    this.#remediations.set(key, { ...structuredClone(remediation), steps: {} });
    return { outcome: 'opened' };
  }

  async find(findingId: string, generation: Timestamp): Promise<StoredRemediation | undefined> {
    return structuredClone(this.#remediations.get(keyOf(findingId, generation)));
  }

  async *ofFinding(findingId: string): AsyncGenerator<StoredRemediation> {
    const generations = this.remediations.filter(it => it.findingId === findingId);
    yield* generations.sort((a, b) => (a.generation < b.generation ? 1 : -1));
  }

  async *findingsOn(target: string): AsyncGenerator<string> {
    const onTarget = this.remediations.filter(it => it.target === target);
    yield* new Set(onTarget.map(({ findingId }) => findingId));
  }

  async noteStep(findingId: string, generation: Timestamp, step: StepRecord): Promise<void> {
    this.#change(findingId, generation, 'RemediationLedger.noteStep', present => ({
      ...present,
      // Not by assignment: a step may be named as a property that every object has.
      steps: Object.fromEntries([
        ...Object.entries(present.steps).filter(([id]) => id !== step.stepId),
        [step.stepId, structuredClone(step)],
      ]),
    }));
  }

  async conclude(
    findingId: string,
    generation: Timestamp,
    outcome: RemediationOutcome,
    at: Timestamp,
  ): Promise<void> {
    this.#change(findingId, generation, 'RemediationLedger.conclude', ({ announcedAt: _, ...present }) => ({
      ...present,
      outcome,
      concludedAt: at,
    }));
  }

  async markAnnounced(findingId: string, generation: Timestamp, at: Timestamp): Promise<void> {
    const key = keyOf(findingId, generation);
    const present = this.#remediations.get(key);
    if (present !== undefined) this.#remediations.set(key, { announcedAt: at, ...present });
  }

  async lease(target: string, owner: string, now: Timestamp, until: Timestamp): Promise<LeaseOutcome> {
    const held = this.#leases.get(target);
    if (held !== undefined && held.owner !== owner && held.until > now) {
      return { outcome: 'busy', until: held.until };
    }
    this.#leases.set(target, { owner, until });
    return { outcome: 'leased' };
  }

  async release(target: string, owner: string): Promise<void> {
    if (this.#leases.get(target)?.owner === owner) this.#leases.delete(target);
  }

  async hold(findingId: string, hold: Hold): Promise<void> {
    if (!this.#holds.has(findingId)) this.#holds.set(findingId, { ...hold });
  }

  async holdOf(findingId: string): Promise<Hold | undefined> {
    return structuredClone(this.#holds.get(findingId));
  }

  async liftHold(findingId: string): Promise<void> {
    this.#holds.delete(findingId);
  }

  #change(
    findingId: string,
    generation: Timestamp,
    operation: string,
    change: (present: StoredRemediation) => StoredRemediation,
  ): void {
    const key = keyOf(findingId, generation);
    const present = this.#remediations.get(key);
    if (present !== undefined) {
      this.#remediations.set(key, change(present));
      return;
    }
    throw new PortError({
      kind: 'not-found',
      operation,
      code: 'RemediationNotFound',
      message: `${operation} failed: there is no remediation of that finding and generation`,
    });
  }
}

function keyOf(findingId: string, generation: Timestamp): string {
  return JSON.stringify([findingId, generation]);
}
