import { Stack } from 'aws-cdk-lib';
import { ManagedPolicy, Policy } from 'aws-cdk-lib/aws-iam';
import * as z from 'zod';
import type { LambdaService } from './lambda-service.ts';

/** What a function calls through its network. */
export interface CalledAction {
  /** For example `s3:GetObject`. */
  readonly action: string;
  /** Whether its role may call it on named resources alone: not where AWS offers no resource to name. */
  readonly onNamedResources: boolean;
}

/**
 * What Lambda itself does as the role of a function, from its own network: it writes the logs, sends the traces by an
 * X-Ray daemon at a link-local address, polls queues and tends network interfaces (Lambda Developer Guide, "Giving Lambda
 * functions access to resources in an Amazon VPC", "Visualize Lambda function invocations using AWS X-Ray", "Using Lambda
 * with Amazon SQS"). None of it passes through the function's subnets, so none of it wants an endpoint there.
 */
const callsOfLambda = [
  'logs:CreateLogStream',
  'logs:PutLogEvents',
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
  'sqs:ReceiveMessage',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

const oneOrMore = z.union([z.unknown().array(), z.unknown().transform(value => [value])]);

const policyDocument = z.object({
  Statement: z
    .array(
      z.object({
        Effect: z.string(),
        Action: oneOrMore.pipe(z.array(z.string())),
        Resource: oneOrMore,
        Condition: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
      }),
    )
    .default([]),
});

/** What the functions call, as their roles say it by now. */
export function calledActions(services: readonly LambdaService[]): readonly CalledAction[] {
  return services.flatMap(({ role }) =>
    role.node
      .findAll()
      .filter(child => child instanceof Policy || child instanceof ManagedPolicy)
      .flatMap(({ document }) => policyDocument.parse(Stack.of(role).resolve(document) ?? {}).Statement)
      // A key is used by the service that holds the data, in the role's name: that call does not come from the function.
      .filter(
        ({ Effect, Condition }) =>
          Effect === 'Allow' &&
          !Object.values(Condition).some(operands => Object.hasOwn(operands, 'kms:ViaService')),
      )
      .flatMap(({ Action, Resource }) =>
        Action.filter(action => !callsOfLambda.includes(action)).map(action => ({
          action,
          onNamedResources: !Resource.includes('*'),
        })),
      ),
  );
}
