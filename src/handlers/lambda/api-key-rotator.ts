import type { Handler } from 'aws-lambda';
import { apiKeyRotatorEnvironment } from './api-key-rotator.env.ts';
import { apiKeyRotatorContainer } from './composition/api-key-rotator-container.ts';
import { tokens } from './composition/tokens.ts';
import { readEnvironment } from './environment.ts';
import { rotateApiKey } from './rotate-api-key.ts';
import { createTelemetry, observed } from './telemetry.ts';

const environment = readEnvironment(apiKeyRotatorEnvironment, process.env);
const telemetry = await createTelemetry(process.env);
const container = apiKeyRotatorContainer(environment, telemetry);

/** One step of a rotation in; a new API key, tested and made current, and the end of an old one out. */
export const handler: Handler<unknown, void> = (event, context) =>
  observed(telemetry, context, () => {
    const ports = { rotator: container.get(tokens.apiKeyRotator), secretArn: environment.SECRET_ARN };
    return rotateApiKey(event, ports, telemetry);
  });
