import type { Bucket, DeleteMarker, Encryption, ObjectVersion, StoredVersion } from './bucket.ts';
import { isDeleteMarker } from './bucket.ts';
import { encryptionHeaders, etagOf } from './object-attributes.ts';
import type { ReplicationRule } from './replication-rule.ts';
import type { S3Caller } from './s3-permissions.ts';
import { identifyRequest } from './s3-request.ts';
import type { S3State } from './s3-state.ts';

export interface ReplicationOptions {
  readonly state: S3State;
  /** Runs a piece of work some time after the request that caused it; the work never rejects. */
  readonly runLater: (work: () => Promise<void>) => void;
  /** Hears of replicas that could not be written. */
  readonly onFault: (text: string) => void;
}

/** Copies new versions and delete markers to where the rules of their bucket send them, one after the other. */
export class Replication {
  readonly #options: ReplicationOptions;
  readonly #lines = new Map<string, Promise<void>>();

  constructor(options: ReplicationOptions) {
    this.#options = options;
  }

  /** Marks a new version as pending and sees to it later. Replicas are not replicated again. */
  follow(bucketName: string, version: StoredVersion): void {
    const rules = rulesFor(version, this.#options.state.replicationRules(bucketName));
    if (rules.length === 0 || isReplica(version)) return;
    const source = this.#options.state.bucket(bucketName);
    if (!isDeleteMarker(version)) source.amend(version, { replicationStatus: 'PENDING' });
    this.#options.runLater(() => {
      const before = this.#lines.get(bucketName) ?? Promise.resolve();
      const work = before.then(() => this.#replicateAll(source, version, rules));
      this.#lines.set(bucketName, work);
      return work;
    });
  }

  async #replicateAll(
    source: Bucket,
    version: StoredVersion,
    rules: readonly ReplicationRule[],
  ): Promise<void> {
    // What was deleted for good in the meantime is not there to be read.
    const current = source.versionsOf(version.key).find(({ versionId }) => versionId === version.versionId);
    if (current === undefined) return;
    let status: 'COMPLETED' | 'FAILED' = 'COMPLETED';
    for (const rule of rules) {
      try {
        await this.#replicate(source, current, rule);
      } catch (error) {
        status = 'FAILED';
        const { key, versionId } = version;
        this.#options.onFault(
          `Rule ${rule.id} did not replicate s3://${source.name}/${key} (${versionId}) to ${rule.destination}: ${String(error)}`,
        );
      }
    }
    if (!isDeleteMarker(current)) source.amend(current, { replicationStatus: status });
  }

  async #replicate(source: Bucket, version: StoredVersion, rule: ReplicationRule): Promise<void> {
    const { state } = this.#options;
    const target = state.bucket(rule.destination);
    if (!target.versioned) throw new Error('The destination is not versioned');
    const accessKeyId = state.replicationAccessKeyId(source.name) ?? replicator;
    const caller = { sourceIpAddress: replicator, accessKeyId };
    if (isDeleteMarker(version)) return this.#replicateMarker(version, target, caller);
    const encryption = replicaEncryption(version, rule, state);
    await this.#requireRead(source, version, caller);
    await this.#requireReplica(target, version, encryption, caller);
    const etag = etagOf(version.bytes, encryption);
    const replica = target.addReplica({ ...version, encryption, etag, replicationStatus: 'REPLICA' });
    const identity = identifyRequest(state.now());
    state.announce('ObjectCreated:Put', target.name, replica, {
      ...identity,
      sourceIpAddress: replicator,
      accessKeyId: replicator,
    });
  }

  /** "Setting up permissions for live replication", S3 User Guide. */
  async #requireRead(
    { name }: Bucket,
    { key, tags, encryption }: ObjectVersion,
    caller: S3Caller,
  ): Promise<void> {
    const { state } = this.#options;
    const request = { ...caller, headers: {} };
    for (const action of ['s3:GetReplicationConfiguration', 's3:ListBucket']) {
      await state.requirePermission(action, name, '', request);
    }
    const tagging = tags.size > 0 ? ['s3:GetObjectVersionTagging'] : [];
    for (const action of ['s3:GetObjectVersionForReplication', 's3:GetObjectVersionAcl', ...tagging]) {
      await state.requirePermission(action, name, key, request);
    }
    await state.requireKey(['kms:Decrypt'], encryption, name, key, caller);
  }

  /** The write of a replica is an action of its own: what denies s3:PutObject does not meet it. */
  async #requireReplica(
    { name }: Bucket,
    { key, tags }: ObjectVersion,
    encryption: Encryption,
    caller: S3Caller,
  ): Promise<void> {
    const { state } = this.#options;
    const request = { ...caller, headers: encryptionHeaders(encryption) };
    for (const action of ['s3:ReplicateObject', ...(tags.size > 0 ? ['s3:ReplicateTags'] : [])]) {
      await state.requirePermission(action, name, key, request);
    }
    await state.requireKey(['kms:Encrypt'], encryption, name, key, caller);
  }

  async #replicateMarker(marker: DeleteMarker, target: Bucket, caller: S3Caller): Promise<void> {
    const request = { ...caller, headers: {} };
    await this.#options.state.requirePermission('s3:ReplicateDelete', target.name, marker.key, request);
    target.addReplica({ ...marker, replicationStatus: 'REPLICA' });
  }
}

/** Who writes replicas, in the events that tell of them. */
export const replicator = 's3.amazonaws.com';

function isReplica({ replicationStatus }: StoredVersion): boolean {
  return replicationStatus === 'REPLICA';
}

/** The one rule for each destination that takes the version. */
function rulesFor(version: StoredVersion, rules: readonly ReplicationRule[]): readonly ReplicationRule[] {
  const byDestination = new Map<string, ReplicationRule>();
  for (const rule of rules) {
    const other = byDestination.get(rule.destination);
    if (takes(rule, version) && (other === undefined || other.priority < rule.priority)) {
      byDestination.set(rule.destination, rule);
    }
  }
  return [...byDestination.values()];
}

function takes(rule: ReplicationRule, version: StoredVersion): boolean {
  if (!version.key.startsWith(rule.prefix)) return false;
  // Markers carry no tags, and rules by tag leave them out ("Replicating delete markers between buckets").
  if (isDeleteMarker(version)) return rule.deleteMarkers && rule.tags.length === 0;
  if (version.encryption.algorithm !== 'AES256' && !rule.kmsEncryptedObjects) return false;
  return rule.tags.every(([name, value]) => version.tags.get(name) === value);
}

/** Without a key of the rule a replica is encrypted in the way of its source. */
function replicaEncryption(
  { encryption }: ObjectVersion,
  { replicaKmsKeyId }: ReplicationRule,
  state: S3State,
): Encryption {
  if (replicaKmsKeyId === undefined) return encryption;
  const algorithm = encryption.algorithm === 'AES256' ? 'aws:kms' : encryption.algorithm;
  return state.encryptionOf({ algorithm, kmsKeyId: replicaKmsKeyId });
}
