import { randomBytes } from 'node:crypto';
import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Container } from 'inversify';
import { ApiGatewayApiKeyRegistry } from '../../../adapters/aws/api-gateway-api-key-registry.ts';
import { SecretsManagerSecretVault } from '../../../adapters/aws/secrets-manager-secret-vault.ts';
import { ApiKeyRotator } from '../../../domain/credentials/api-key-rotator.ts';
import type { ApiKeyRotatorEnvironment } from '../api-key-rotator.env.ts';
import type { Telemetry } from '../telemetry.ts';
import { awsClientSettings } from './aws-client-settings.ts';
import { tokens } from './tokens.ts';
import { tracedContainer } from './traced-container.ts';

/** The rotator Lambda's object graph. Nothing is built before it is asked for. */
export function apiKeyRotatorContainer(
  environment: ApiKeyRotatorEnvironment,
  telemetry: Pick<Telemetry, 'tracer'>,
): Container {
  const { container, traced } = tracedContainer(telemetry);
  container.bind(tokens.secretVault).toResolvedValue(
    () =>
      new SecretsManagerSecretVault({
        client: traced(new SecretsManagerClient(awsClientSettings)),
        secretArn: environment.SECRET_ARN,
      }),
  );
  container.bind(tokens.apiKeyRegistry).toResolvedValue(
    () =>
      new ApiGatewayApiKeyRegistry({
        client: traced(new APIGatewayClient(awsClientSettings)),
        usagePlanId: environment.USAGE_PLAN_ID,
        namePrefix: environment.API_KEY_NAME_PREFIX,
      }),
  );
  container
    .bind(tokens.apiKeyRotator)
    .toResolvedValue(
      (vault, registry) => new ApiKeyRotator({ vault, registry, randomBytes }),
      [tokens.secretVault, tokens.apiKeyRegistry],
    );
  return container;
}
