import { Duration, Validations } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { ApiKeyRotatorEnvironment } from '../../src/handlers/lambda/api-key-rotator.env.ts';
import type { AlertTopic } from './alert-topic.ts';
import { ApiKeyRotation } from './api-key-rotation.ts';
import type { ConfiguredParts } from './configured-parts.ts';
import type { CustomerManagedKey } from './customer-managed-key.ts';
import { EncryptedSecret } from './encrypted-secret.ts';
import type { GuardedRestApi } from './guarded-rest-api.ts';
import type { LambdaService } from './lambda-service.ts';

export interface ApiCredentialsProps {
  readonly parts: ConfiguredParts;
  readonly api: GuardedRestApi;
  readonly alertTopic: AlertTopic;
}

/** The secrets of the document API under a key of their own: its API key with the rotation, credentials of a database. */
export class ApiCredentials extends Construct {
  /** Absent where there is no secret. */
  readonly key: CustomerManagedKey | undefined;
  /** Holds `{ schemaVersion: 1, apiKey, apiKeyId }`, the id once it was rotated. Absent where the key is not rotated. */
  readonly apiKey: EncryptedSecret | undefined;
  readonly rotator: LambdaService | undefined;
  /** Holds `{ schemaVersion: 1, username, password }`. Absent unless it is asked for. */
  readonly database: EncryptedSecret | undefined;

  constructor(scope: Construct, id: string, { parts, api, alertTopic }: ApiCredentialsProps) {
    super(scope, id);
    const { apiKeyRotationDays: days, apiKeyRotatorTimeoutSeconds, databaseSecret } = parts.configuration;
    if (days === 0 && !databaseSecret) return;
    const { environmentName, removalPolicy } = parts;
    const encryptionKey = parts.key('document-api-secrets', 'DocumentApiSecretsKey');
    this.key = encryptionKey;
    const shared = { environmentName, encryptionKey, removalPolicy };
    if (databaseSecret) {
      this.database = new EncryptedSecret(this, 'Database', {
        ...shared,
        purpose: 'database',
        logicalId: 'DatabaseSecret',
        description: 'User name and password for a database. Whoever attaches the database rotates them.',
        fields: { schemaVersion: 1, username: 'sallyport' },
        generatedField: 'password',
      });
      Validations.of(this.database.secret).acknowledge({
        id: 'AwsSolutions-SMG4',
        reason:
          'The pipeline has no database. Amazon RDS offers a rotation function for each engine, which the stack of the database adds to this secret (docs/credentials.md).',
      });
    }
    if (days === 0) return;
    const secret = new EncryptedSecret(this, 'ApiKey', {
      ...shared,
      purpose: 'document-api-key',
      logicalId: 'DocumentApiKeySecret',
      description: 'The API key of the document API. Rotation replaces what is generated here at once.',
      fields: { schemaVersion: 1 },
      generatedField: 'apiKey',
    });
    this.apiKey = secret;
    const keyNamePrefix = `sallyport-documents-${environmentName}`;
    this.rotator = parts.service('api-key-rotator', alertTopic, {
      serviceName: 'api-key-rotator',
      description: 'Rotates the API key of the document API, step by step.',
      timeout: Duration.seconds(apiKeyRotatorTimeoutSeconds),
      memorySize: parts.configuration.functionMemoryMegabytes,
      environment: {
        SECRET_ARN: secret.secret.secretArn,
        USAGE_PLAN_ID: api.usagePlan.usagePlanId,
        API_KEY_NAME_PREFIX: keyNamePrefix,
      } satisfies Readonly<Record<keyof ApiKeyRotatorEnvironment, string>>,
    });
    new ApiKeyRotation(this, 'Rotation', {
      secret,
      rotator: this.rotator,
      usagePlan: api.usagePlan,
      keyNamePrefix,
      days,
    });
  }
}
