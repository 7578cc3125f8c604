/** What of the account is recorded and watched for threats. */
export const securityMonitoringConfiguration = {};
