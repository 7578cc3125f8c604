import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Container } from 'inversify';
import { DynamoDbAuditLog } from '../../../adapters/aws/dynamodb-audit-log.ts';
import { SnsAlertChannel } from '../../../adapters/aws/sns-alert-channel.ts';
import { StepFunctionsWorkflowEngine } from '../../../adapters/aws/step-functions-workflow-engine.ts';
import { systemClock } from '../../../adapters/node/system-clock.ts';
import { IntakeStarter } from '../../../domain/intake/intake-starter.ts';
import type { IntakeTriggerEnvironment } from '../intake-trigger.env.ts';
import type { Telemetry } from '../telemetry.ts';
import { awsClientSettings } from './aws-client-settings.ts';
import { tokens } from './tokens.ts';

/** The trigger Lambda's object graph. Nothing is built before it is asked for. */
export function intakeTriggerContainer(
  environment: IntakeTriggerEnvironment,
  { tracer }: Pick<Telemetry, 'tracer'>,
): Container {
  const traced = <Client>(client: Client): Client => tracer?.captureAWSv3Client(client) ?? client;
  const container = new Container({ defaultScope: 'Singleton' });
  container.bind(tokens.clock).toConstantValue(systemClock);
  container.bind(tokens.auditLog).toResolvedValue(
    () =>
      new DynamoDbAuditLog({
        client: DynamoDBDocumentClient.from(traced(new DynamoDBClient(awsClientSettings))),
        tableName: environment.AUDIT_TABLE_NAME,
      }),
  );
  container.bind(tokens.alertChannel).toResolvedValue(
    () =>
      new SnsAlertChannel({
        client: traced(new SNSClient(awsClientSettings)),
        topicArn: environment.ALERT_TOPIC_ARN,
      }),
  );
  container.bind(tokens.workflowEngine).toResolvedValue(
    clock =>
      new StepFunctionsWorkflowEngine({
        client: traced(new SFNClient(awsClientSettings)),
        stateMachineArn: environment.STATE_MACHINE_ARN,
        clock,
      }),
    [tokens.clock],
  );
  container
    .bind(tokens.intakeStarter)
    .toResolvedValue(
      (workflows, audit, alerts, clock) => new IntakeStarter({ workflows, audit, alerts, clock }),
      [tokens.workflowEngine, tokens.auditLog, tokens.alertChannel, tokens.clock],
    );
  return container;
}
