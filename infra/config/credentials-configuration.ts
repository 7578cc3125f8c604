/** Secrets and their rotation. */
export const credentialsConfiguration = {};
