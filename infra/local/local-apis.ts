import type { ApiServer } from './api-gateway/api-server.ts';
import type { RestApi } from './api-gateway/rest-api.ts';

/** A REST API that is served. */
export interface LocalApi {
  readonly name: string;
  /** With the stage, and without a slash at the end: `http://127.0.0.1:4511/v1`. */
  readonly url: string;
  /** Values for the header `x-api-key` that some usage plan lets in now, the oldest first. */
  readonly apiKeys: readonly string[];
}

/** What is told of an API: one entry for each stage. */
export function localApis(api: RestApi, { endpoint }: ApiServer): LocalApi[] {
  return [...api.stages.keys()].map(stage => ({
    name: api.name,
    url: `${endpoint}/${stage}`,
    // Keys come and go while the API is served.
    get apiKeys() {
      return api.usagePlans
        .filter(({ stages }) => stages.includes(stage))
        .flatMap(({ keys }) => keys.filter(({ enabled }) => enabled).map(({ value }) => value));
    },
  }));
}

/** On AWS an API is reached under a name made of its id; templates spell it out in their outputs. */
export function withLocalApis(
  outputs: Readonly<Record<string, string>>,
  served: ReadonlyMap<RestApi, ApiServer>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, value]) => {
      let local = value;
      for (const [{ id }, { endpoint }] of served) {
        local = local.replace(
          new RegExp(`https://${id}\\.execute-api\\.[a-z0-9-]+\\.amazonaws\\.com`, 'g'),
          endpoint,
        );
      }
      return [name, local];
    }),
  );
}
