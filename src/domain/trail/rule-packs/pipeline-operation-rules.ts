import type { TrailRuleInput } from '../trail-rules-file.ts';
import { exampleRecord } from './example-record.ts';
import { ours, recordReferences } from './pipeline-names.ts';

/** What the pipeline runs on: queues, topics, tables, functions, and what starts and watches them. */
export const pipelineOperationRules: readonly TrailRuleInput[] = [
  {
    id: 'pipeline-queues',
    title: 'A queue of the pipeline was changed, emptied or deleted',
    severity: 'high',
    references: recordReferences,
    pattern: {
      eventSource: ['sqs.amazonaws.com'],
      eventName: ['AddPermission', 'DeleteQueue', 'PurgeQueue', 'RemovePermission', 'SetQueueAttributes'],
      requestParameters: { queueUrl: [{ wildcard: '*/sallyport-*' }] },
    },
    examples: {
      match: [
        exampleRecord('sqs', 'PurgeQueue', {
          requestParameters: {
            queueUrl: 'https://sqs.eu-central-1.amazonaws.com/111122223333/sallyport-trail-prod',
          },
        }),
      ],
      noMatch: [
        exampleRecord('sqs', 'PurgeQueue', {
          requestParameters: { queueUrl: 'https://sqs.eu-central-1.amazonaws.com/111122223333/payroll' },
        }),
      ],
    },
  },
  {
    id: 'pipeline-alerts',
    title: 'Who hears the pipeline’s alerts was changed',
    severity: 'high',
    references: recordReferences,
    pattern: {
      eventSource: ['sns.amazonaws.com'],
      eventName: [
        'AddPermission',
        'DeleteTopic',
        'PutDataProtectionPolicy',
        'RemovePermission',
        'SetSubscriptionAttributes',
        'SetTopicAttributes',
        'Subscribe',
        'Unsubscribe',
      ],
      $or: [
        { requestParameters: { topicArn: [{ wildcard: '*:sallyport-*' }] } },
        { requestParameters: { subscriptionArn: [{ wildcard: '*:sallyport-*' }] } },
        { requestParameters: { resourceArn: [{ wildcard: '*:sallyport-*' }] } },
      ],
    },
    examples: {
      match: [
        exampleRecord('sns', 'Unsubscribe', {
          requestParameters: {
            subscriptionArn: 'arn:aws:sns:eu-central-1:111122223333:sallyport-alerts-prod:1234',
          },
        }),
      ],
      noMatch: [
        exampleRecord('sns', 'Subscribe', {
          requestParameters: { topicArn: 'arn:aws:sns:eu-central-1:111122223333:payroll' },
        }),
      ],
    },
  },
  {
    id: 'pipeline-tables',
    title: 'A table of the pipeline was changed or deleted',
    severity: 'high',
    references: recordReferences,
    pattern: {
      eventSource: ['dynamodb.amazonaws.com'],
      eventName: [
        'DeleteResourcePolicy',
        'DeleteTable',
        'PutResourcePolicy',
        'UpdateContinuousBackups',
        'UpdateTable',
        'UpdateTimeToLive',
      ],
      $or: [
        { requestParameters: { tableName: [ours, { wildcard: '*:table/sallyport-*' }] } },
        { requestParameters: { resourceArn: [{ wildcard: '*:table/sallyport-*' }] } },
      ],
    },
    examples: {
      match: [
        exampleRecord('dynamodb', 'DeleteTable', {
          requestParameters: { tableName: 'sallyport-trail-events-prod' },
        }),
      ],
      noMatch: [exampleRecord('dynamodb', 'DeleteTable', { requestParameters: { tableName: 'payroll' } })],
    },
  },
  {
    id: 'pipeline-functions',
    title: 'A function of the pipeline, or what calls it, was changed',
    severity: 'high',
    references: ['https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html'],
    // The names bear the date of their API: UpdateFunctionCode20150331v2.
    pattern: {
      eventSource: ['lambda.amazonaws.com'],
      eventName: [
        { prefix: 'AddPermission' },
        { prefix: 'Create' },
        { prefix: 'Delete' },
        { prefix: 'Put' },
        { prefix: 'RemovePermission' },
        { prefix: 'Update' },
      ],
      $or: [
        { requestParameters: { functionName: [ours, { wildcard: '*:function:sallyport-*' }] } },
        { responseElements: { functionArn: [{ wildcard: '*:function:sallyport-*' }] } },
      ],
    },
    examples: {
      match: [
        exampleRecord('lambda', 'UpdateFunctionCode20150331v2', {
          requestParameters: { functionName: 'sallyport-trail-analyzer-prod' },
        }),
        exampleRecord('lambda', 'UpdateEventSourceMapping20150331', {
          requestParameters: { uUID: '1234abcd', enabled: false },
          responseElements: {
            functionArn: 'arn:aws:lambda:eu-central-1:111122223333:function:sallyport-trail-analyzer-prod',
          },
        }),
      ],
      noMatch: [
        exampleRecord('lambda', 'UpdateFunctionCode20150331v2', {
          requestParameters: { functionName: 'payroll' },
        }),
        exampleRecord('lambda', 'Invoke', {
          requestParameters: { functionName: 'sallyport-trail-analyzer-prod' },
        }),
      ],
    },
  },
  {
    id: 'pipeline-triggers',
    title: 'A rule of EventBridge that starts the pipeline was changed',
    severity: 'high',
    references: recordReferences,
    pattern: {
      eventSource: ['events.amazonaws.com'],
      eventName: ['DeleteRule', 'DisableRule', 'PutRule', 'PutTargets', 'RemoveTargets'],
      $or: [{ requestParameters: { name: [ours] } }, { requestParameters: { rule: [ours] } }],
    },
    examples: {
      match: [
        exampleRecord('events', 'DisableRule', { requestParameters: { name: 'sallyport-findings-prod' } }),
        exampleRecord('events', 'RemoveTargets', {
          requestParameters: { rule: 'sallyport-findings-prod' },
        }),
      ],
      noMatch: [exampleRecord('events', 'DisableRule', { requestParameters: { name: 'payroll' } })],
    },
  },
  {
    id: 'pipeline-alarms',
    title: 'An alarm or a log group of the pipeline was changed or deleted',
    severity: 'medium',
    references: recordReferences,
    pattern: {
      $or: [
        {
          eventSource: ['monitoring.amazonaws.com'],
          eventName: ['DeleteAlarms', 'DisableAlarmActions', 'PutMetricAlarm', 'SetAlarmState'],
          $or: [{ requestParameters: { alarmNames: [ours] } }, { requestParameters: { alarmName: [ours] } }],
        },
        {
          eventSource: ['logs.amazonaws.com'],
          eventName: ['DeleteLogGroup', 'DeleteLogStream', 'DisassociateKmsKey', 'PutRetentionPolicy'],
          requestParameters: { logGroupName: [{ wildcard: '*sallyport-*' }] },
        },
      ],
    },
    examples: {
      match: [
        exampleRecord('monitoring', 'DeleteAlarms', {
          requestParameters: { alarmNames: ['payroll', 'sallyport-trail-dead-letters-prod'] },
        }),
        exampleRecord('logs', 'DeleteLogGroup', {
          requestParameters: { logGroupName: '/aws/lambda/sallyport-trail-analyzer-prod' },
        }),
      ],
      noMatch: [
        exampleRecord('monitoring', 'DeleteAlarms', { requestParameters: { alarmNames: ['payroll'] } }),
      ],
    },
  },
  {
    id: 'pipeline-stacks',
    title: 'A stack or a workflow of the pipeline was changed or deleted',
    severity: 'medium',
    references: recordReferences,
    pattern: {
      $or: [
        {
          eventSource: ['cloudformation.amazonaws.com'],
          eventName: ['DeleteStack', 'ExecuteChangeSet', 'SetStackPolicy', 'UpdateStack'],
          requestParameters: { stackName: [ours, { wildcard: '*:stack/sallyport-*' }] },
        },
        {
          eventSource: ['states.amazonaws.com'],
          eventName: ['DeleteStateMachine', 'StopExecution', 'UpdateStateMachine'],
          $or: [
            { requestParameters: { stateMachineArn: [{ wildcard: '*:stateMachine:sallyport-*' }] } },
            { requestParameters: { executionArn: [{ wildcard: '*:execution:sallyport-*' }] } },
          ],
        },
      ],
    },
    examples: {
      match: [
        exampleRecord('cloudformation', 'DeleteStack', {
          requestParameters: { stackName: 'sallyport-trail-prod' },
        }),
        exampleRecord('states', 'UpdateStateMachine', {
          requestParameters: {
            stateMachineArn: 'arn:aws:states:eu-central-1:111122223333:stateMachine:sallyport-intake-prod',
          },
        }),
      ],
      noMatch: [
        exampleRecord('cloudformation', 'DeleteStack', { requestParameters: { stackName: 'payroll' } }),
      ],
    },
  },
];
