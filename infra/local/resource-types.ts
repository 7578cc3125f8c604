import type { LocalPlatform } from './platform.ts';
import {
  deployApiKey,
  deployDeployment,
  deployStage,
  deployUsagePlan,
  deployUsagePlanKey,
} from './resources/api-stage.ts';
import { deployBucket, deployBucketPolicy } from './resources/bucket.ts';
import { deployEventRule } from './resources/event-rule.ts';
import { deployEventSourceMapping, deployFunction } from './resources/function.ts';
import { deployFunctionPermission } from './resources/function-permission.ts';
import { deployAlias, deployKey } from './resources/key.ts';
import { type Identify, leftOutTypes } from './resources/left-out.ts';
import { deployLogGroup } from './resources/log-group.ts';
import { deployLogResourcePolicy } from './resources/log-resource-policy.ts';
import { deployQueue, deployQueuePolicy } from './resources/queue.ts';
import type { Deploy } from './resources/resource.ts';
import {
  deployApiResource,
  deployGatewayResponse,
  deployMethod,
  deployModel,
  deployRequestValidator,
  deployRestApi,
} from './resources/rest-api.ts';
import { deployManagedPolicy, deployPolicy, deployRole } from './resources/role.ts';
import { deployRotationSchedule, deploySecret, deploySecretPolicy } from './resources/secret.ts';
import { deployStateMachine } from './resources/state-machine.ts';
import { deployTable } from './resources/table.ts';
import { deploySubscription, deployTopic, deployTopicPolicy } from './resources/topic.ts';

/** The types that the local run makes real. */
const deployedTypes: Readonly<Record<string, Deploy<LocalPlatform>>> = {
  'AWS::ApiGateway::ApiKey': deployApiKey,
  'AWS::ApiGateway::Deployment': deployDeployment,
  'AWS::ApiGateway::GatewayResponse': deployGatewayResponse,
  'AWS::ApiGateway::Method': deployMethod,
  'AWS::ApiGateway::Model': deployModel,
  'AWS::ApiGateway::RequestValidator': deployRequestValidator,
  'AWS::ApiGateway::Resource': deployApiResource,
  'AWS::ApiGateway::RestApi': deployRestApi,
  'AWS::ApiGateway::Stage': deployStage,
  'AWS::ApiGateway::UsagePlan': deployUsagePlan,
  'AWS::ApiGateway::UsagePlanKey': deployUsagePlanKey,
  'AWS::DynamoDB::Table': deployTable,
  'AWS::Events::Rule': deployEventRule,
  'AWS::IAM::ManagedPolicy': deployManagedPolicy,
  'AWS::IAM::Policy': deployPolicy,
  'AWS::IAM::Role': deployRole,
  'AWS::KMS::Alias': deployAlias,
  'AWS::KMS::Key': deployKey,
  'AWS::Lambda::EventSourceMapping': deployEventSourceMapping,
  'AWS::Lambda::Function': deployFunction,
  'AWS::Lambda::Permission': deployFunctionPermission,
  'AWS::Logs::LogGroup': deployLogGroup,
  'AWS::Logs::ResourcePolicy': deployLogResourcePolicy,
  'AWS::S3::Bucket': deployBucket,
  'AWS::S3::BucketPolicy': deployBucketPolicy,
  'AWS::SNS::Subscription': deploySubscription,
  'AWS::SNS::Topic': deployTopic,
  'AWS::SNS::TopicPolicy': deployTopicPolicy,
  'AWS::SQS::Queue': deployQueue,
  'AWS::SQS::QueuePolicy': deployQueuePolicy,
  'AWS::SecretsManager::ResourcePolicy': deploySecretPolicy,
  'AWS::SecretsManager::RotationSchedule': deployRotationSchedule,
  'AWS::SecretsManager::Secret': deploySecret,
  'AWS::StepFunctions::StateMachine': deployStateMachine,
};

/** What the local run does with a type. */
export type ResourceType =
  | { readonly kind: 'deployed'; readonly deploy: Deploy<LocalPlatform> }
  | { readonly kind: 'left-out'; readonly identify: Identify };

/** Looks a type up. Throws an `Error` that says what to do at one that nobody has decided about. */
export function resourceTypeOf(type: string, stack: string, logicalId: string): ResourceType {
  const deploy = Object.hasOwn(deployedTypes, type) ? deployedTypes[type] : undefined;
  if (deploy !== undefined) return { kind: 'deployed', deploy };
  const identify = Object.hasOwn(leftOutTypes, type) ? leftOutTypes[type] : undefined;
  if (identify !== undefined) return { kind: 'left-out', identify };
  throw new Error(
    `Stack ${stack}: ${logicalId} is of the type ${type}, which the local run has never heard of. ` +
      'Teach it to infra/local/resource-types.ts, or, if nothing depends on its being there, ' +
      'name it in infra/local/resources/left-out.ts.',
  );
}
