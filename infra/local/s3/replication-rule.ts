/** One rule of a bucket that is in force ("Replication configuration file elements", S3 User Guide). */
export interface ReplicationRule {
  readonly id: string;
  /** Of several rules with one destination, that of the highest priority counts. */
  readonly priority: number;
  readonly prefix: string;
  /** Tags that an object must carry, all of them. */
  readonly tags: readonly (readonly [name: string, value: string])[];
  readonly deleteMarkers: boolean;
  /** Without it, objects under a KMS key stay behind. */
  readonly kmsEncryptedObjects: boolean;
  /** Name of the target bucket. */
  readonly destination: string;
  /** Key that the replicas are encrypted under. */
  readonly replicaKmsKeyId?: string;
}
