import type { Handler } from 'aws-lambda';
import { tokens } from './composition/tokens.ts';
import { trailVerifierContainer } from './composition/trail-verifier-container.ts';
import { readEnvironment } from './environment.ts';
import { createTelemetry, observed } from './telemetry.ts';
import { trailVerifierEnvironment } from './trail-verifier.env.ts';
import { type VerificationAnswer, verifyTrailLogs } from './verify-trail-logs.ts';

const environment = readEnvironment(trailVerifierEnvironment, process.env);
const telemetry = await createTelemetry(process.env);
const container = trailVerifierContainer(environment, telemetry);
const scope = {
  bucket: environment.TRAIL_LOG_BUCKET_NAME,
  prefix: environment.TRAIL_LOG_PREFIX,
  hours: environment.VERIFIED_HOURS,
  accounts: environment.VERIFIED_ACCOUNTS,
  regions: environment.VERIFIED_REGIONS,
};

/** The event of a schedule in; alerts on digests and logs of the last hours that are not valid out. */
export const handler: Handler<unknown, VerificationAnswer> = (event, context) =>
  observed(telemetry, context, () => {
    const ports = {
      watch: container.get(tokens.integrityWatch),
      clock: container.get(tokens.clock),
      scope,
      remainingTime: () => context.getRemainingTimeInMillis(),
    };
    return verifyTrailLogs(event, ports, telemetry);
  });
