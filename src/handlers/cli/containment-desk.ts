import type { ContainmentRollback } from '../../domain/findings/containment-rollback.ts';

/** Where what was done about findings is kept, audited and announced. */
export interface DeskRequest {
  /** Name of the table of remediations. */
  readonly table: string;
  /** Name of the audit table. */
  readonly auditTable: string;
  /** ARN of the topic that announces. */
  readonly topic: string;
}

/** Rolls back containments, and releases findings. */
export interface ContainmentDesk {
  readonly rollback: Pick<ContainmentRollback, 'rollBack' | 'release'>;
  /** Lets go of its connections. */
  close(): void;
}

export type OpenDesk = (request: DeskRequest) => Promise<ContainmentDesk>;
