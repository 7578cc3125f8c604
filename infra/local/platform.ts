import type { LocalAccount } from './account/local-account.ts';
import type { Activity } from './activity.ts';
import type { PlannedApi } from './api-gateway/planned-api.ts';
import type { ClientPool } from './aws-clients.ts';
import type { CloudAssembly } from './cloud-assembly.ts';
import type { EventRules } from './event-rules.ts';
import type { EventSourceMapping } from './event-source-mapping.ts';
import type { LambdaRuntime } from './lambda-runtime.ts';
import type { Permissions } from './permissions/permissions.ts';
import type { BucketOptions } from './s3/s3-state.ts';
import type { LocalStepFunctions } from './step-functions.ts';

/** Everything that resources are deployed onto. */
export interface LocalPlatform {
  readonly region: string;
  readonly accountId: string;
  /** The gateway's. */
  readonly endpoint: string;
  readonly assetFolder: CloudAssembly['assetFolder'];
  readonly clients: ClientPool;
  /** Holds what the emulators do not. */
  readonly account: LocalAccount;
  readonly activity: Activity;
  readonly functions: LambdaRuntime;
  readonly permissions: Permissions;
  readonly stepFunctions: LocalStepFunctions;
  readonly rules: EventRules;
  /** Variables that every function gets beside those of the template, and before them. */
  readonly functionEnvironment: Readonly<Record<string, string>>;
  readonly retryDelayMs: number;
  readonly onFault: (text: string) => void;
  /** By name; opened once everything stands. */
  readonly buckets: Map<string, BucketOptions>;
  /** By id; served once everything stands. */
  readonly apis: Map<string, PlannedApi>;
  /** Started once everything stands. */
  readonly mappings: EventSourceMapping[];
  /** Where each queue stands in the templates, by name. */
  readonly queues: Map<string, string>;
  /** Names of the queues that feed a function. */
  readonly mappedQueues: Set<string>;
  /** Names of the queues that take what others, or rules, could not deliver. */
  readonly deadLetterQueues: Set<string>;
}

/** Who deploys. */
export const deployer = 'cloudformation.amazonaws.com';
