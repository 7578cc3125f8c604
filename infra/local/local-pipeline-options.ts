import type { ApiCall } from './api-gateway/api-server.ts';
import type { PublishedMessage } from './forward-topic-request.ts';
import type { LogLine } from './function-output.ts';
import type { Denial } from './permissions/permissions.ts';
import type { ObjectEvent } from './s3/object-events.ts';
import type { ExecutionStatusChangeEvent } from './step-functions.ts';

export interface LocalPipelineOptions {
  /** The cloud assembly. @default 'cdk.out' */
  readonly assembly?: string;
  /** The gateway's port; 0 takes any free one. @default 0 */
  readonly port?: number;
  /** @default 'eu-central-1' */
  readonly region?: string;
  /** Milliseconds until a failed message or event is tried again, in place of minutes on AWS. @default 250 */
  readonly retryDelay?: number;
  /** A state machine's waits between retries are this fraction of what the definition says. @default 0.05 */
  readonly stateRetryFactor?: number;
  /** Execution environments per function. @default 4 */
  readonly maximumWorkers?: number;
  /** Variables for every function beside those of the template, which win. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * `off` lets every function and service do all but what a bucket policy denies: for tests of other things, whose
   * templates grant nothing. @default 'on'
   */
  readonly permissions?: 'on' | 'off';
  /** Folder of the functions' logs; `false` writes none. @default '.local/logs' */
  readonly logFolder?: string | false;
  /** Hears every line that a function writes. */
  readonly onLog?: (line: LogLine) => void;
  /** Hears what happens, as it happens. */
  readonly onHappening?: (happening: Happening) => void;
}

/** Something worth telling a person who watches. */
export type Happening =
  | { readonly kind: 'uploaded'; readonly event: ObjectEvent }
  | { readonly kind: 'execution'; readonly detail: ExecutionStatusChangeEvent['detail'] }
  | { readonly kind: 'published'; readonly message: PublishedMessage }
  | { readonly kind: 'called'; readonly call: ApiCall }
  /** A call that its caller may not make. */
  | { readonly kind: 'denied'; readonly denial: Denial }
  /** Told by `watchDeadLetters` only. */
  | { readonly kind: 'dead-lettered'; readonly queue: string; readonly depth: number }
  /** Something went wrong between the parts, where AWS would show a metric at most. */
  | { readonly kind: 'fault'; readonly text: string };
