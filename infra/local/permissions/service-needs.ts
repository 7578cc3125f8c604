import { dynamodbNeeds } from './dynamodb-needs.ts';
import { ec2Needs } from './ec2-needs.ts';
import {
  cloudTrailNeeds,
  eventsNeeds,
  kmsNeeds,
  logsNeeds,
  secretsNeeds,
  statesNeeds,
} from './json-needs.ts';
import { snsNeeds, sqsNeeds } from './messaging-needs.ts';
import { autoScalingNeeds, iamNeeds, loadBalancingNeeds, stsNeeds } from './query-needs.ts';
import { apiGatewayNeeds, lambdaNeeds, s3ControlNeeds, securityHubNeeds } from './rest-needs.ts';
import { lookUp, type NeedsOf } from './service-call.ts';

/** By the name in the credential scope; S3 asks for itself, where it has read what a request is about. */
const needs: Readonly<Record<string, NeedsOf>> = {
  apigateway: apiGatewayNeeds,
  autoscaling: autoScalingNeeds,
  cloudtrail: cloudTrailNeeds,
  dynamodb: dynamodbNeeds,
  ec2: ec2Needs,
  elasticloadbalancing: loadBalancingNeeds,
  events: eventsNeeds,
  iam: iamNeeds,
  kms: kmsNeeds,
  lambda: lambdaNeeds,
  logs: logsNeeds,
  's3-control': s3ControlNeeds,
  secretsmanager: secretsNeeds,
  securityhub: securityHubNeeds,
  sns: snsNeeds,
  sqs: sqsNeeds,
  states: statesNeeds,
  sts: stsNeeds,
};

/** What a call needs; `undefined` of one that nobody has taught the local run. */
export const serviceNeeds: NeedsOf = (call, facts) => lookUp(needs, call.service)?.(call, facts);
