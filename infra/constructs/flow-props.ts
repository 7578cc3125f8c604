import type { Configuration } from '../config/configuration.ts';
import type { FunctionNetwork } from './function-network.ts';

/** What every flow can be told. */
export interface FlowProps {
  /** Choices that differ from the defaults; names, units and defaults are those of `readConfiguration`. @default - none */
  readonly configuration?: Partial<Configuration>;
  /**
   * Folder with one bundle for each function: `<bundles>/<name>/index.mjs`.
   * @default - the bundles that the package brings along
   */
  readonly bundles?: string;
  /** Where the flow's functions run. @default - in no network of the account's */
  readonly network?: FunctionNetwork;
}
