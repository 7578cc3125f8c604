import * as z from 'zod';

/** The environment of the rotator Lambda: steps of Secrets Manager in; new API keys and ended ones out. */
export const apiKeyRotatorEnvironment = z.object({
  /** ARN of the secret that holds the key; a step for another secret is refused. */
  SECRET_ARN: z.string().regex(/^arn:[^:]+:secretsmanager:[^:]+:\d{12}:secret:.+$/),
  /** Id of the usage plan that lets the keys in. */
  USAGE_PLAN_ID: z.string().min(1),
  /** What the names of the keys begin with, and the tag that tells them from others. */
  API_KEY_NAME_PREFIX: z.string().min(1).max(200),
});

export type ApiKeyRotatorEnvironment = z.infer<typeof apiKeyRotatorEnvironment>;
