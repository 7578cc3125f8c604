import { flag, whole } from './configuration-values.ts';

/** Secrets and their rotation. */
export const credentialsConfiguration = {
  /**
   * Days between rotations of the document API's key, which then stands in a secret; a key stays valid until the
   * rotation after the next one. 0 rotates nothing: the API has one key, of the template.
   */
  apiKeyRotationDays: whole(0, 1000).default(30),
  /** Seconds the rotator may take for one step of a rotation. */
  apiKeyRotatorTimeoutSeconds: whole(15, 900).default(60),
  /** Generate a secret with a user name and a password for a database, under the key of the API key's secret. */
  databaseSecret: flag.default(false),
};
