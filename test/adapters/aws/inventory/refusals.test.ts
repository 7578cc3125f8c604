import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ServiceAnswer } from '../../../../infra/local/account/local-service.ts';
import type { Aspect, ResourceType } from '../../../../src/ports/resource-inventory.ts';
import {
  json,
  jsonError,
  queryError,
  refOf,
  type ScriptedInventory,
  s3Error,
  scope,
  startScriptedInventory,
} from './scripted-inventory.ts';

let scripted: ScriptedInventory;

beforeAll(async () => {
  scripted = await startScriptedInventory();
});
afterAll(() => scripted.close());

describe('an error', () => {
  test.each<[ResourceType, Aspect, ServiceAnswer, string, string, string]>([
    [
      'account',
      'public-access-block',
      queryError('AccessDenied', 403),
      'denied',
      's3:GetPublicAccessBlock',
      'AccessDenied',
    ],
    [
      's3-bucket',
      'encryption',
      s3Error('AccessDenied', 403),
      'denied',
      's3:GetBucketEncryption',
      'AccessDenied',
    ],
    [
      's3-bucket',
      'public-access-block',
      s3Error('AccessDenied', 403),
      'denied',
      's3:GetPublicAccessBlock',
      'AccessDenied',
    ],
    ['s3-bucket', 'policy', s3Error('SlowDown', 503), 'throttled', 's3:GetBucketPolicy', 'SlowDown'],
    [
      's3-bucket',
      'policy-status',
      s3Error('NoSuchBucket', 404),
      'gone',
      's3:GetBucketPolicyStatus',
      'NoSuchBucket',
    ],
    ['s3-bucket', 'acl', s3Error('PermanentRedirect', 301), 'failed', 's3:GetBucketAcl', 'PermanentRedirect'],
    [
      's3-bucket',
      'versioning',
      s3Error('InternalError', 500),
      'failed',
      's3:GetBucketVersioning',
      'InternalError',
    ],
    [
      's3-bucket',
      'tags',
      s3Error('ServiceUnavailable', 503),
      'failed',
      's3:GetBucketTagging',
      'ServiceUnavailable',
    ],
    [
      's3-bucket',
      'tags',
      s3Error('RequestTimeout', 400),
      'throttled',
      's3:GetBucketTagging',
      'RequestTimeout',
    ],
    // What a proxy, or an endpoint that does not know the action, may say of anything.
    ['s3-bucket', 'tags', s3Error('NoSuchThing', 404), 'failed', 's3:GetBucketTagging', 'NoSuchThing'],
    [
      'dynamodb-table',
      'encryption',
      jsonError('ResourceNotFoundException'),
      'gone',
      'dynamodb:DescribeTable',
      'ResourceNotFoundException',
    ],
    [
      'dynamodb-table',
      'point-in-time-recovery',
      jsonError('ContinuousBackupsUnavailableException'),
      'failed',
      'dynamodb:DescribeContinuousBackups',
      'ContinuousBackupsUnavailableException',
    ],
    [
      'dynamodb-table',
      'tags',
      jsonError('AccessDeniedException'),
      'denied',
      'dynamodb:ListTagsOfResource',
      'AccessDeniedException',
    ],
    [
      'dynamodb-table',
      'encryption',
      jsonError('ThrottlingException'),
      'throttled',
      'dynamodb:DescribeTable',
      'ThrottlingException',
    ],
    [
      'dynamodb-table',
      'encryption',
      jsonError('RequestLimitExceeded'),
      'throttled',
      'dynamodb:DescribeTable',
      'RequestLimitExceeded',
    ],
    [
      'sns-topic',
      'encryption',
      queryError('NotFound', 404),
      'gone',
      'sns:GetTopicAttributes',
      'NotFoundException',
    ],
    [
      'sns-topic',
      'policy',
      queryError('AuthorizationError', 403),
      'denied',
      'sns:GetTopicAttributes',
      'AuthorizationErrorException',
    ],
    [
      'sns-topic',
      'tags',
      queryError('Throttled', 429),
      'throttled',
      'sns:ListTagsForResource',
      'ThrottledException',
    ],
    [
      'sqs-queue',
      'encryption',
      jsonError('com.amazonaws.sqs#QueueDoesNotExist'),
      'gone',
      'sqs:GetQueueAttributes',
      'QueueDoesNotExist',
    ],
    [
      'sqs-queue',
      'policy',
      jsonError('AccessDenied', 403),
      'denied',
      'sqs:GetQueueAttributes',
      'AccessDenied',
    ],
    [
      'sqs-queue',
      'tags',
      jsonError('RequestThrottled', 403),
      'throttled',
      'sqs:ListQueueTags',
      'RequestThrottled',
    ],
    ['kms-key', 'key', jsonError('NotFoundException'), 'gone', 'kms:DescribeKey', 'NotFoundException'],
    ['kms-key', 'key', jsonError('InvalidArnException'), 'failed', 'kms:DescribeKey', 'InvalidArnException'],
    [
      'kms-key',
      'key-rotation',
      jsonError('UnsupportedOperationException'),
      'failed',
      'kms:GetKeyRotationStatus',
      'UnsupportedOperationException',
    ],
    [
      'kms-key',
      'policy',
      jsonError('AccessDeniedException'),
      'denied',
      'kms:GetKeyPolicy',
      'AccessDeniedException',
    ],
    [
      'kms-key',
      'tags',
      jsonError('ThrottlingException'),
      'throttled',
      'kms:ListResourceTags',
      'ThrottlingException',
    ],
    [
      'secret',
      'encryption',
      jsonError('ResourceNotFoundException'),
      'gone',
      'secretsmanager:DescribeSecret',
      'ResourceNotFoundException',
    ],
    [
      'secret',
      'policy',
      jsonError('InvalidRequestException'),
      'failed',
      'secretsmanager:GetResourcePolicy',
      'InvalidRequestException',
    ],
    [
      'secret',
      'tags',
      jsonError('ExpiredTokenException'),
      'denied',
      'secretsmanager:DescribeSecret',
      'ExpiredTokenException',
    ],
    [
      'log-group',
      'encryption',
      json({ logGroups: [] }),
      'gone',
      'logs:DescribeLogGroups',
      'ResourceNotFoundException',
    ],
    [
      'log-group',
      'encryption',
      json({ logGroups: [{ logGroupName: 'files-2' }] }),
      'gone',
      'logs:DescribeLogGroups',
      'ResourceNotFoundException',
    ],
    [
      'log-group',
      'tags',
      jsonError('TooManyRequestsException'),
      'throttled',
      'logs:ListTagsForResource',
      'TooManyRequestsException',
    ],
  ])('of %s, %s, is why it is unreadable: %j is %s', async (type, aspect, answer, reason, api, code) => {
    scripted.answer(answer);

    expect(await scripted.inventory.describe(refOf(type), [aspect])).toEqual({
      [aspect]: { state: 'unreadable', reason, api, code },
    });
    scripted.calls();
  });

  const backups = ['dynamodb:DescribeContinuousBackups', 'TableNotFoundException'];
  test.each<[string, ServiceAnswer, string, readonly string[]]>([
    ['an archived table', json({ Table: { TableStatus: 'ARCHIVED' } }), 'failed', backups],
    ['a deleted table', jsonError('ResourceNotFoundException'), 'gone', backups],
    [
      'a table that may be there',
      jsonError('ThrottlingException'),
      'throttled',
      ['dynamodb:DescribeTable', 'ThrottlingException'],
    ],
  ])('of the backups of %s', async (_, table, reason, [api, code]) => {
    scripted.answer(jsonError('TableNotFoundException'), table);

    expect(await scripted.inventory.describe(refOf('dynamodb-table'), ['point-in-time-recovery'])).toEqual({
      'point-in-time-recovery': { state: 'unreadable', reason, api, code },
    });
    expect(scripted.calls()).toHaveLength(2);
  });

  test.each<[ResourceType, ServiceAnswer, string, string, string]>([
    ['s3-bucket', s3Error('AccessDenied', 403), 'denied', 's3:ListBuckets', 'AccessDenied'],
    [
      'dynamodb-table',
      jsonError('AccessDeniedException'),
      'denied',
      'dynamodb:ListTables',
      'AccessDeniedException',
    ],
    ['sns-topic', queryError('Throttling', 400), 'throttled', 'sns:ListTopics', 'Throttling'],
    ['sqs-queue', jsonError('AccessDenied', 403), 'denied', 'sqs:ListQueues', 'AccessDenied'],
    ['kms-key', jsonError('KMSInternalException', 500), 'failed', 'kms:ListKeys', 'KMSInternalException'],
    [
      'secret',
      jsonError('InvalidNextTokenException'),
      'failed',
      'secretsmanager:ListSecrets',
      'InvalidNextTokenException',
    ],
    [
      'log-group',
      jsonError('ThrottlingException'),
      'throttled',
      'logs:DescribeLogGroups',
      'ThrottlingException',
    ],
  ])('of the list of %s is why it is unreadable', async (type, answer, reason, api, code) => {
    scripted.answer(answer);

    expect(await scripted.inventory.list(scope, type)).toEqual({ state: 'unreadable', reason, api, code });
    scripted.calls();
  });
});
