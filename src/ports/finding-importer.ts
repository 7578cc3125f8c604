import type { JsonObject } from './json.ts';

/**
 * A finding in the AWS Security Finding Format
 * (https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format.html).
 */
export interface AsffFinding extends JsonObject {
  readonly SchemaVersion: '2018-10-08';
  readonly Id: string;
  readonly ProductArn: string;
  readonly AwsAccountId: string;
}

export interface ImportFailure {
  /** The finding's `Id`. */
  readonly id: string;
  readonly code: string;
  readonly message: string;
}

export interface ImportOutcome {
  readonly imported: number;
  /** Each finding that was refused; the others are in. */
  readonly failed: readonly ImportFailure[];
}

/** Where findings of all tools come together. A finding under an `Id` that is there is updated. */
export interface FindingImporter {
  /** Any number of findings. Rejects with `PortError` where the import as a whole fails. */
  import(findings: readonly AsffFinding[]): Promise<ImportOutcome>;
}
