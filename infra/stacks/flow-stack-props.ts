import type { StackProps } from 'aws-cdk-lib';
import type { Configuration } from '../config/configuration.ts';
import type { FunctionNetwork } from '../constructs/function-network.ts';

/** What the stack of every flow is given. */
export interface FlowStackProps extends StackProps {
  readonly configuration: Configuration;
  /** Folder with one bundle for each function: `<bundles>/<name>/index.mjs`. */
  readonly bundles: string;
  /** Where the flow's functions run, but for those whose calls leave the region. @default - in no network */
  readonly network?: FunctionNetwork;
}
