import { describe, expect, test } from '@jest/globals';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { PolicyDocument } from 'aws-cdk-lib/aws-iam';
import { Alias, Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { Bucket, CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { type FlowName, importedKeyArn, makeFlow, plainStack, synthesized } from './flows.ts';

type Stack = ReturnType<typeof plainStack>;
type Misuse = [what: string, flow: FlowName, given: (stack: Stack) => Record<string, unknown>, says: string];

const env = { account: '111122223333', region: 'eu-central-1' };
const elsewhere = importedKeyArn.replace('eu-central-1', 'us-east-1');

const misuses: Misuse[] = [
  [
    'a key of another region',
    'RecordIngestion',
    stack => ({ existingKey: Key.fromKeyArn(stack, 'Theirs', elsewhere) }),
    'is in 111122223333, us-east-1, the stack in 111122223333, eu-central-1: give one of the stack',
  ],
  [
    'a key known by its alias',
    'RecordIngestion',
    stack => ({ existingKey: Alias.fromAliasName(stack, 'Theirs', 'alias/theirs') }),
    'is an alias, and policies know a key by its own ARN only: import it with Key.fromKeyArn.',
  ],
  [
    'a key that signs',
    'RecordIngestion',
    stack => ({
      existingKey: new Key(stack, 'Theirs', { keySpec: KeySpec.RSA_2048, keyUsage: KeyUsage.SIGN_VERIFY }),
    }),
    'cannot encrypt (keySpec RSA_2048, keyUsage SIGN_VERIFY, enabled true): give an enabled symmetric key.',
  ],
  [
    'a disabled key',
    'TrailAnalysis',
    stack => ({ existingKey: new Key(stack, 'Theirs', { enabled: false }) }),
    'give an enabled symmetric key.',
  ],
  [
    'a FIFO topic',
    'RecordIngestion',
    stack => ({ existingAlertTopic: new Topic(stack, 'Theirs', { fifo: true }) }),
    'is FIFO, and takes no alarms: give a standard topic.',
  ],
  [
    'addresses for a topic that was there already',
    'RecordIngestion',
    stack => ({
      existingAlertTopic: new Topic(stack, 'Theirs'),
      configuration: { alertEmails: ['a@example.com'] },
    }),
    'has its own subscribers: leave alertEmails empty, and subscribe them to it.',
  ],
  [
    'a topic of another account',
    'RecordIngestion',
    stack => ({
      existingAlertTopic: Topic.fromTopicArn(stack, 'Theirs', 'arn:aws:sns:eu-central-1:444455556666:theirs'),
    }),
    'is in 444455556666, eu-central-1',
  ],
  [
    'a bucket of another account',
    'RecordIngestion',
    stack => ({
      existingBucket: Bucket.fromBucketAttributes(stack, 'Theirs', {
        bucketName: 'theirs',
        account: '444455556666',
      }),
    }),
    'existingBucket arn:<AWS::Partition>:s3:::theirs is in 444455556666',
  ],
  [
    'a bucket without versions',
    'DocumentProcessing',
    stack => ({ existingBucket: new Bucket(stack, 'Theirs') }),
    'keeps no versions, and what was judged must be what is read: set versioned: true.',
  ],
  [
    'a bucket that sets its notifications itself',
    'RecordIngestion',
    stack => {
      const existingBucket = new Bucket(stack, 'Theirs', { versioned: true });
      if (existingBucket.node.defaultChild instanceof CfnBucket) {
        existingBucket.node.defaultChild.notificationConfiguration = {};
      }
      return { existingBucket };
    },
    'sets its notifications itself',
  ],
  [
    'a bucket to write into, without its key',
    'DocumentApi',
    stack => ({ existingBucket: Bucket.fromBucketName(stack, 'Theirs', 'theirs') }),
    'names no key: give it an encryptionKey, or import it with Bucket.fromBucketAttributes({ bucketArn, encryptionKey }).',
  ],
  [
    'a bucket of this app to write into, without a key',
    'DocumentApi',
    stack => ({ existingBucket: new Bucket(stack, 'Theirs', { versioned: true }) }),
    '.Arn> names no key: give it an encryptionKey, or import',
  ],
  [
    'a word on the events of no bucket',
    'RecordIngestion',
    () => ({ existingBucketEventBridgeEnabled: true }),
    'existingBucketEventBridgeEnabled is of no bucket: give existingBucket as well.',
  ],
  [
    'a trail into a bucket that was there already',
    'TrailAnalysis',
    stack => ({
      existingBucket: Bucket.fromBucketName(stack, 'Theirs', 'theirs'),
      configuration: { createTrail: true },
    }),
    'createTrail makes no trail into a bucket that was there already: set it to false',
  ],
  [
    'replication out of a bucket that was there already',
    'DocumentIntake',
    stack => ({
      existingBucket: Bucket.fromBucketName(stack, 'Theirs', 'theirs'),
      replicateTo: {},
    }),
    'replicateTo needs a bucket that is made here',
  ],
  [
    'subnets of no VPC',
    'RecordIngestion',
    () => ({ vpcSubnets: { subnetGroupName: 'theirs' } }),
    'vpcSubnets is of no VPC: give existingVpc as well.',
  ],
  [
    'two places to run in',
    'RecordIngestion',
    stack => {
      const vpc = new Vpc(stack, 'Theirs');
      return { existingVpc: vpc, network: { vpc, securityGroups: [] } };
    },
    'the functions run in one place: give existingVpc or network.',
  ],
  [
    'no security group at all',
    'RecordIngestion',
    stack => ({ existingVpc: new Vpc(stack, 'Theirs'), securityGroups: [] }),
    'securityGroups is empty: name one, or leave it out and one is made.',
  ],
  [
    'a choice that is none',
    'TrailAnalysis',
    () => ({ configuration: { trailBatchSize: 11 } }),
    'trailBatchSize',
  ],
];

describe('flows refuse at once what they cannot use, and say what to do', () => {
  test.each(misuses)('%s', (_what, name, given, says) => {
    const stack = plainStack('Own', { env });
    expect(() => makeFlow(stack, name, given(stack))).toThrow(says);
  });

  test('a key whose policy does not leave roles to IAM, when its policy is whole', () => {
    const stack = plainStack();
    const policy = new PolicyDocument();
    makeFlow(stack, 'RecordIngestion', { existingKey: new Key(stack, 'Theirs', { policy }) });
    expect(() => synthesized(stack)).toThrow(
      "its policy must leave the account's roles to IAM, as ours are let in by their own policies: allow kms:* to the account's root.",
    );
  });
});
