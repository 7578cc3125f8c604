import type { RestApi } from './rest-api.ts';

/** An API under deployment, with the parts that other resources of the template refer to. */
export interface PlannedApi {
  readonly api: RestApi;
  /** Full paths by resource id. */
  readonly paths: Map<string, string>;
  /** Schemas by model name. */
  readonly models: Map<string, object>;
  /** Ids of the validators that look at bodies. */
  readonly bodyValidators: Set<string>;
}
