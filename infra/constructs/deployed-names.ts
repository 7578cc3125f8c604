import { Stack, Token } from 'aws-cdk-lib';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';

/** What stands below some constructs, by the names that it will have: what watches it refers to none of it. */
export interface DeployedNames {
  readonly functions: readonly string[];
  /** Those from which messages go to a dead-letter queue. */
  readonly queues: readonly string[];
  readonly deadLetterQueues: readonly string[];
  /** Each with the account's id as a token. */
  readonly buckets: readonly string[];
  /** Buckets whose requests S3 measures. */
  readonly measuredBuckets: readonly string[];
  readonly stateMachines: readonly string[];
  /** Those whose names hold no name that AWS makes. */
  readonly logGroups: readonly string[];
}

/** The names of what stands below the constructs, each kind in alphabetical order. */
export function deployedNames(constructs: readonly Construct[]): DeployedNames {
  const all = constructs.flatMap(construct => construct.node.findAll());
  const buckets = all.filter(found => found instanceof CfnBucket);
  const queues = all.filter(found => found instanceof CfnQueue);
  const hasDeadLetters = ({ redrivePolicy }: CfnQueue) => redrivePolicy !== undefined;
  return {
    functions: sorted(all.filter(found => found instanceof CfnFunction).map(it => it.functionName)),
    queues: sorted(queues.filter(hasDeadLetters).map(it => it.queueName)),
    deadLetterQueues: sorted(queues.filter(queue => !hasDeadLetters(queue)).map(it => it.queueName)),
    buckets: sorted(buckets.map(it => it.bucketName)),
    measuredBuckets: sorted(buckets.filter(isMeasured).map(it => it.bucketName)),
    stateMachines: sorted(
      all.filter(found => found instanceof CfnStateMachine).map(it => it.stateMachineName),
    ),
    logGroups: sorted(
      all
        .filter(found => found instanceof CfnLogGroup)
        .map(it => it.logGroupName)
        .filter(name => !Token.isUnresolved(name)),
    ),
  };
}

/** CDK leaves open until synthesis whether there is any. */
const isMeasured = (bucket: CfnBucket) =>
  Stack.of(bucket).resolve(bucket.metricsConfigurations) !== undefined;

const sorted = (names: readonly (string | undefined)[]): string[] =>
  names.filter(name => name !== undefined).sort();
