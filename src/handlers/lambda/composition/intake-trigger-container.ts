import { SFNClient } from '@aws-sdk/client-sfn';
import type { Container } from 'inversify';
import { StepFunctionsWorkflowEngine } from '../../../adapters/aws/step-functions-workflow-engine.ts';
import { IntakeStarter } from '../../../domain/intake/intake-starter.ts';
import type { IntakeTriggerEnvironment } from '../intake-trigger.env.ts';
import type { Telemetry } from '../telemetry.ts';
import { announcingContainer } from './announcing-container.ts';
import { awsClientSettings } from './aws-client-settings.ts';
import { tokens } from './tokens.ts';

/** The trigger Lambda's object graph. Nothing is built before it is asked for. */
export function intakeTriggerContainer(
  environment: IntakeTriggerEnvironment,
  telemetry: Pick<Telemetry, 'tracer'>,
): Container {
  const { container, traced } = announcingContainer(environment, telemetry);
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
