import { readFileSync } from 'node:fs';
import * as z from 'zod';

const cdkFile = z.object({ context: z.record(z.string(), z.unknown()) });

/**
 * The CDK feature flags: the `context` of `cdk.json`, which the CDK command hands to the app and an in-process
 * `App` does not read. Both roads give the same template because both read that file.
 */
export function featureFlags(): Record<string, unknown> {
  return cdkFile.parse(JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'))).context;
}
