/** What has been read so far. */
export interface TrailLogProgress {
  /** Bytes of the source, compressed or not. */
  readonly bytes: number;
  readonly records: number;
  readonly matches: number;
  /** Whether the whole source has been read, and is a digest file and nothing else. It holds no records. */
  readonly digest: boolean;
  /**
   * Whether the whole source has been read, and is one JSON object that has nothing of a log: no `Records`, no key of a
   * record or digest, nothing that wraps a record. The `not-a-log` that is thrown then is its only fault.
   */
  readonly foreign: boolean;
}

/** The same, as those that read count on in it. */
export type TrailLogCounts = { -readonly [Count in keyof TrailLogProgress]: TrailLogProgress[Count] };
