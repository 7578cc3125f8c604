import type { TrailRuleInput } from '../trail-rules-file.ts';
import { keyEvents, policyEvents, trailEvents } from './cis-events.ts';
import { cisReferences } from './cis-references.ts';
import { exampleRecord } from './example-record.ts';

const refused = { errorCode: 'AccessDenied' };
const signIn = {
  eventType: 'AwsConsoleSignIn',
  responseElements: { ConsoleLogin: 'Success' },
  additionalEventData: { MFAUsed: 'No' },
};
const failedSignIn = { ...signIn, responseElements: { ConsoleLogin: 'Failure' } };
const root = { type: 'Root', arn: 'arn:aws:iam::111122223333:root' };
const federated = {
  type: 'AssumedRole',
  arn: 'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin/alice',
};

/** Who came in, who was refused, and who may do what, and what becomes of trails and keys: 4.1 to 4.7. */
export const cisAccessRules: readonly TrailRuleInput[] = [
  {
    id: 'cis-4.1',
    title: 'A call was refused for lack of a permission',
    severity: 'low',
    references: cisReferences('4.1', 2),
    groupBy: ['userIdentity.arn', 'errorCode'],
    // In the benchmark's filter && binds its exceptions to the second code alone. A record without the field is no exception.
    pattern: {
      errorCode: [{ wildcard: '*UnauthorizedOperation' }, { prefix: 'AccessDenied' }],
      sourceIPAddress: [{ 'anything-but': 'delivery.logs.amazonaws.com' }, { exists: false }],
      eventName: [{ 'anything-but': 'HeadBucket' }, { exists: false }],
    },
    examples: {
      match: [
        exampleRecord('iam', 'ListUsers', refused),
        exampleRecord('ec2', 'RunInstances', { errorCode: 'Client.UnauthorizedOperation' }),
        exampleRecord('kms', 'Decrypt', { errorCode: 'AccessDeniedException' }),
      ],
      noMatch: [
        exampleRecord('iam', 'ListUsers'),
        exampleRecord('s3', 'HeadBucket', refused),
        exampleRecord('ec2', 'HeadBucket', { errorCode: 'Client.UnauthorizedOperation' }),
        exampleRecord('s3', 'PutObject', { ...refused, sourceIPAddress: 'delivery.logs.amazonaws.com' }),
        exampleRecord('iam', 'GetRole', { errorCode: 'NoSuchEntityException' }),
      ],
    },
  },
  {
    id: 'cis-4.2',
    title: 'A user signed in to the console without MFA',
    severity: 'high',
    references: cisReferences('4.2', 3),
    // Of federated users the identity provider asks for the second factor, and MFAUsed is No whatever they did.
    pattern: {
      eventName: ['ConsoleLogin'],
      userIdentity: { type: ['IAMUser'] },
      responseElements: { ConsoleLogin: ['Success'] },
      additionalEventData: { MFAUsed: [{ 'anything-but': 'Yes' }, { exists: false }] },
    },
    examples: {
      match: [
        exampleRecord('signin', 'ConsoleLogin', signIn),
        exampleRecord('signin', 'ConsoleLogin', { ...signIn, additionalEventData: { MobileVersion: 'No' } }),
      ],
      noMatch: [
        exampleRecord('signin', 'ConsoleLogin', { ...signIn, additionalEventData: { MFAUsed: 'Yes' } }),
        exampleRecord('signin', 'ConsoleLogin', { ...signIn, userIdentity: federated }),
        exampleRecord('signin', 'ConsoleLogin', failedSignIn),
      ],
    },
  },
  {
    id: 'cis-4.3',
    title: 'The root user was used',
    severity: 'critical',
    references: cisReferences('4.3', 1),
    // What a service does on its own bears the root of the account, and invokedBy or AwsServiceEvent.
    pattern: {
      userIdentity: { type: ['Root'], invokedBy: [{ exists: false }, null] },
      eventType: [{ 'anything-but': 'AwsServiceEvent' }, { exists: false }],
    },
    examples: {
      match: [
        exampleRecord('iam', 'CreateAccessKey', { userIdentity: root }),
        exampleRecord('signin', 'ConsoleLogin', { ...signIn, userIdentity: root }),
      ],
      noMatch: [
        exampleRecord('iam', 'CreateAccessKey'),
        exampleRecord('autoscaling', 'DescribeAutoScalingGroups', {
          userIdentity: { ...root, invokedBy: 'autoscaling.amazonaws.com' },
        }),
        exampleRecord('kms', 'RotateKey', { userIdentity: root, eventType: 'AwsServiceEvent' }),
        exampleRecord('ec2', 'CreateNetworkInterface', {
          userIdentity: {
            type: 'AssumedRole',
            arn: 'arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForElasticLoadBalancing/Root',
            invokedBy: 'elasticloadbalancing.amazonaws.com',
          },
        }),
      ],
    },
  },
  {
    id: 'cis-4.4',
    title: 'A policy of IAM changed',
    severity: 'medium',
    references: cisReferences('4.4', 4),
    // CreatePolicy and DeletePolicy are names of AWS Organizations (4.15) and AWS IoT as well.
    pattern: {
      eventSource: ['iam.amazonaws.com'],
      eventName: policyEvents,
    },
    examples: {
      match: [exampleRecord('iam', 'PutRolePolicy'), exampleRecord('iam', 'CreatePolicy', refused)],
      noMatch: [
        exampleRecord('organizations', 'CreatePolicy'),
        exampleRecord('iot', 'CreatePolicy'),
        exampleRecord('iam', 'GetPolicy'),
      ],
    },
  },
  {
    id: 'cis-4.5',
    title: 'What CloudTrail records changed',
    severity: 'high',
    references: cisReferences('4.5', 5),
    pattern: {
      eventSource: ['cloudtrail.amazonaws.com'],
      eventName: trailEvents,
    },
    examples: {
      match: [exampleRecord('cloudtrail', 'StopLogging')],
      noMatch: [exampleRecord('cloudtrail', 'DescribeTrails'), exampleRecord('cloudtrail', 'LookupEvents')],
    },
  },
  {
    id: 'cis-4.6',
    title: 'A sign-in to the console failed',
    severity: 'medium',
    references: cisReferences('4.6', 6),
    // Whoever guesses passwords tries many names from one place.
    groupBy: ['sourceIPAddress'],
    pattern: { eventName: ['ConsoleLogin'], errorMessage: ['Failed authentication'] },
    examples: {
      match: [
        exampleRecord('signin', 'ConsoleLogin', { ...failedSignIn, errorMessage: 'Failed authentication' }),
      ],
      noMatch: [
        exampleRecord('signin', 'ConsoleLogin', signIn),
        exampleRecord('signin', 'CheckMfa', { errorMessage: 'Failed authentication' }),
      ],
    },
  },
  {
    id: 'cis-4.7',
    title: 'A KMS key is disabled or about to be deleted',
    severity: 'high',
    references: cisReferences('4.7', 7),
    pattern: { eventSource: ['kms.amazonaws.com'], eventName: keyEvents },
    examples: {
      match: [exampleRecord('kms', 'ScheduleKeyDeletion'), exampleRecord('kms', 'DisableKey')],
      noMatch: [exampleRecord('kms', 'EnableKey'), exampleRecord('payment-cryptography', 'DisableKey')],
    },
  },
];
