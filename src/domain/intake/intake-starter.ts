import type { AlertChannel } from '../../ports/alert-channel.ts';
import type { AuditEntry, AuditLog } from '../../ports/audit-log.ts';
import type { Clock, Timestamp } from '../../ports/clock.ts';
import { PortError } from '../../ports/failure.ts';
import type { JsonObject } from '../../ports/json.ts';
import type { ObjectRef } from '../../ports/object-store.ts';
import type { WorkflowEngine } from '../../ports/workflow-engine.ts';
import { canonicalTime, wholeSecond } from '../kernel/canonical-time.ts';
import { judgeUpload, type RefusalReason } from '../kernel/judge-upload.ts';
import { auditedObject } from '../kernel/object-audit-entry.ts';
import type { ObjectKeyPolicy } from '../kernel/object-key-policy.ts';
import { notifiedIdentity, uploadIdentity } from '../kernel/upload-identity.ts';
import { refusalAlert } from './refusal-alert.ts';

/** "An object was created", as the edge has parsed it. */
export interface UploadNotification {
  readonly bucket: string;
  /** The key as stored: decoded exactly as often as its notification was encoded. */
  readonly key: string;
  readonly versionId?: string;
  /** When the object was created; the same on each delivery of one event. */
  readonly occurredAt: Timestamp;
}

export type IntakeOutcome =
  /** `rerun` counts the earlier executions that ended without success. */
  | {
      readonly outcome: 'started';
      readonly correlationId: string;
      readonly executionName: string;
      readonly rerun: number;
    }
  /** A run for this version is under way or has succeeded. */
  | { readonly outcome: 'already-started'; readonly correlationId: string; readonly executionName: string }
  | {
      readonly outcome: 'refused';
      readonly correlationId: string;
      readonly reasons: readonly RefusalReason[];
    };

export interface IntakeStarterOptions {
  readonly workflows: WorkflowEngine;
  readonly audit: AuditLog;
  readonly alerts: AlertChannel;
  readonly clock: Clock;
  /** @defaultValue the default object-key policy */
  readonly keyPolicy?: ObjectKeyPolicy;
  /** Executions tried for one upload beyond the first. @defaultValue 100 */
  readonly maximumReruns?: number;
}

/**
 * Admits an upload to the workflow, once per object version, or refuses it.
 *
 * Deliveries repeat: an upload whose run is under way or has succeeded is `already-started`; one whose run
 * ended otherwise is started anew under `<name>-r<n>`. A refusal is audited, announced, and then marked as
 * announced; a repeated delivery takes up where the last one stopped.
 *
 * Rejects with `PortError` when a port fails; delivering the notification again is then safe.
 */
export class IntakeStarter {
  readonly #workflows: WorkflowEngine;
  readonly #audit: AuditLog;
  readonly #alerts: AlertChannel;
  readonly #clock: Clock;
  readonly #keyPolicy: ObjectKeyPolicy | undefined;
  readonly #maximumReruns: number;

  constructor(options: IntakeStarterOptions) {
    this.#workflows = options.workflows;
    this.#audit = options.audit;
    this.#alerts = options.alerts;
    this.#clock = options.clock;
    this.#keyPolicy = options.keyPolicy;
    this.#maximumReruns = options.maximumReruns ?? 100;
  }

  async admit(upload: UploadNotification): Promise<IntakeOutcome> {
    const judgement = judgeUpload(upload, this.#keyPolicy);
    if (judgement.outcome === 'refused') return this.#refuse(upload, judgement.reasons);
    return this.#start(judgement.ref);
  }

  async #start(ref: ObjectRef): Promise<IntakeOutcome> {
    const correlationId = uploadIdentity(ref);
    const input = { schemaVersion: 1, ...ref, correlationId };
    for (let rerun = 0; rerun <= this.#maximumReruns; rerun += 1) {
      const executionName = rerun === 0 ? correlationId : `${correlationId}-r${rerun}`;
      const { outcome } = await this.#workflows.start({ name: executionName, input });
      if (outcome === 'started') return { outcome, correlationId, executionName, rerun };
      if (outcome === 'already-running' || (await this.#standsFor(executionName))) {
        return { outcome: 'already-started', correlationId, executionName };
      }
    }
    throw new PortError({
      kind: 'permanent',
      operation: 'IntakeStarter.admit',
      code: 'TooManyReruns',
      message: `${this.#maximumReruns + 1} executions for upload ${correlationId} have ended without success`,
    });
  }

  /** Whether the run of that name does, or has done, the work. */
  async #standsFor(executionName: string): Promise<boolean> {
    const status = await this.#workflows.status(executionName);
    if (status === undefined) {
      throw new PortError({
        kind: 'retryable',
        operation: 'IntakeStarter.admit',
        code: 'ExecutionNotYetVisible',
        message: `execution ${executionName} exists but cannot be described yet`,
      });
    }
    return status === 'RUNNING' || status === 'SUCCEEDED';
  }

  async #refuse(upload: UploadNotification, reasons: readonly RefusalReason[]): Promise<IntakeOutcome> {
    const correlationId = notifiedIdentity(upload);
    const refused = this.#auditEntry(upload, correlationId, 'upload.refuse', 'refused', {
      reasons: reasons.map(({ code, position, explanation }) => ({ code, position, explanation })),
    });
    const announced = this.#auditEntry(upload, correlationId, 'upload.announce-refusal', 'announced', {});
    const standing = new Set<string>();
    for await (const { id } of this.#audit.entriesOf(correlationId)) standing.add(id);

    if (!standing.has(refused.id)) await this.#audit.append(refused);
    if (!standing.has(announced.id)) {
      await this.#alerts.publish(refusalAlert(upload, correlationId, reasons));
      await this.#audit.append(announced);
    }
    return { outcome: 'refused', correlationId, reasons };
  }

  #auditEntry(
    { bucket, key, versionId, occurredAt }: UploadNotification,
    correlationId: string,
    action: string,
    outcome: string,
    details: JsonObject,
  ): AuditEntry {
    return {
      schemaVersion: 1,
      id: `${correlationId}:${action}`,
      requestId: correlationId,
      timestamp: wholeSecond(occurredAt),
      action,
      outcome,
      object: auditedObject({ bucket, key, ...(versionId === undefined ? {} : { versionId }) }),
      correlationId,
      details: { ...details, occurredAt, recordedAt: canonicalTime(this.#clock.now()) },
    };
  }
}
