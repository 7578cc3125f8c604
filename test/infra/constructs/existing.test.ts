import { describe, expect, test } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import {
  CustomerManagedKey,
  DocumentIntake,
  FindingResponse,
  RecordIngestion,
  TrailAnalysis,
} from '../../../infra/index.ts';
import { render, resourcesOf, statementsOf, stubBundles } from '../synthesized-stack.ts';
import {
  announcedFlows,
  type FlowName,
  flowNames,
  importedKeyArn,
  makeFlow,
  plainStack,
  synthesized,
  warningsOf,
} from './flows.ts';

const bundles = stubBundles;

/** Whether the key is of the same stack, or of another that the flow's stack comes after. */
const places = ['the same stack', 'another stack'] as const;

function twoStacks(place: (typeof places)[number]) {
  const app = new App();
  const own = plainStack('Own', {}, app);
  return { own, theirs: place === 'the same stack' ? own : plainStack('Theirs', {}, app) };
}

describe('an existing key', () => {
  test.each(places.flatMap(place => flowNames.map(name => [name, place] as const)))(
    'of %s in %s encrypts all that is made, and no key is made beside it',
    (name, place) => {
      const { own, theirs } = twoStacks(place);
      const existingKey = new Key(theirs, 'Shared');
      makeFlow(own, name, { existingKey });
      const template = synthesized(own);
      expect(resourcesOf(template, 'AWS::KMS::Key')).toHaveLength(place === 'the same stack' ? 1 : 0);
      const of = (type: string, property: string) =>
        resourcesOf(template, type).map(([, { Properties }]) => JSON.stringify(render(Properties[property])));
      const used = [
        ...of('AWS::SQS::Queue', 'KmsMasterKeyId'),
        ...of('AWS::SNS::Topic', 'KmsMasterKeyId'),
        ...of('AWS::DynamoDB::Table', 'SSESpecification'),
        ...of('AWS::S3::Bucket', 'BucketEncryption').filter(text => text?.includes('aws:kms')),
        ...of('AWS::Logs::LogGroup', 'KmsKeyId'),
      ];
      expect(used.length).toBeGreaterThan(4);
      for (const text of used) expect(text).toMatch(/Shared/);
      const [keyId, key] = resourcesOf(synthesized(theirs), 'AWS::KMS::Key')[0] ?? [];
      if (keyId === undefined || key === undefined) throw new Error('There is no key.');
      const statements = statementsOf(keyId, key);
      const sids = statements.flatMap(({ sid }) => sid ?? []);
      expect(new Set(sids).size).toBe(sids.length);
      expect(statements.flatMap(({ principals }) => principals)).toEqual(
        expect.arrayContaining(['cloudwatch.amazonaws.com', 'logs.<AWS::Region>.amazonaws.com']),
      );
      expect(warningsOf(own)).toEqual([]);
    },
  );

  test('is shared by all flows of both environments, within what a key policy holds', () => {
    const app = new App();
    const theirs = plainStack('Theirs', {}, app);
    const existingKey = new Key(theirs, 'Shared');
    for (const environment of ['dev', 'prod'] as const) {
      const own = plainStack(environment, {}, app);
      for (const name of flowNames) makeFlow(own, name, { existingKey, configuration: { environment } });
    }
    const [keyId, key] = resourcesOf(synthesized(theirs), 'AWS::KMS::Key')[0] ?? [];
    if (keyId === undefined || key === undefined) throw new Error('There is no key.');
    // KMS Developer Guide, "Resource quotas": a key policy document has 32 768 bytes at most.
    const text = JSON.stringify(render(key.Properties['KeyPolicy'])).replaceAll(
      '<AWS::AccountId>',
      '111122223333',
    );
    expect(text.length).toBeLessThan(32_768);
    const sids = statementsOf(keyId, key).flatMap(({ sid }) => sid ?? []);
    expect(sids.filter((sid, index) => sids.indexOf(sid) !== index)).toEqual([]);
  });

  test('that is imported: each statement that its policy needs is told', () => {
    const stack = plainStack();
    const flow = new RecordIngestion(stack, 'Records', {
      bundles,
      existingKey: Key.fromKeyArn(stack, 'Imported', importedKeyArn),
    });
    const told = warningsOf(stack);
    const left = stack.node
      .findAll()
      .filter(construct => construct instanceof CustomerManagedKey)
      .flatMap(key => key.statementsToAdd);
    expect(left.length).toBeGreaterThan(3);
    expect(told).toHaveLength(left.length);
    for (const { sid } of left) expect(told.filter(text => text.includes(`"Sid":"${sid}"`))).toHaveLength(1);
    expect(
      stack.resolve(flow.queueKey.statementsToAdd.map(statement => statement.toStatementJson()['Principal'])),
    ).toEqual([{ Service: 's3.amazonaws.com' }]);
  });
});

describe('an existing topic', () => {
  test.each(places.flatMap(place => flowNames.map(name => [name, place] as const)))(
    'of %s in %s takes alerts and alarms, and lets in who publishes',
    (name, place) => {
      const { own, theirs } = twoStacks(place);
      const existingAlertTopic = new Topic(theirs, 'Told', { masterKey: new Key(theirs, 'ToldKey') });
      makeFlow(own, name, { existingAlertTopic });
      const template = synthesized(own);
      expect(resourcesOf(template, 'AWS::SNS::Topic')).toHaveLength(place === 'the same stack' ? 1 : 0);
      const alarms = resourcesOf(template, 'AWS::CloudWatch::Alarm');
      expect(alarms.length).toBeGreaterThan(2);
      for (const [, { Properties }] of alarms)
        expect(JSON.stringify(Properties['AlarmActions'])).toMatch(/Told/);
      const policies = resourcesOf(synthesized(theirs), 'AWS::SNS::TopicPolicy').flatMap(([id, policy]) =>
        statementsOf(id, policy),
      );
      expect(policies).toContainEqual(
        expect.objectContaining({ principals: ['cloudwatch.amazonaws.com'], actions: ['sns:Publish'] }),
      );
      const key = resourcesOf(synthesized(theirs), 'AWS::KMS::Key').find(([id]) => id.startsWith('ToldKey'));
      if (key === undefined) throw new Error('There is no key.');
      expect(statementsOf(...key)).toContainEqual(
        expect.objectContaining({ principals: ['cloudwatch.amazonaws.com'] }),
      );
      expect(warningsOf(own)).toEqual([]);
    },
  );

  test('without a key of its own asks for none', () => {
    const stack = plainStack();
    const { alertsKey } = new FindingResponse(stack, 'Findings', {
      bundles,
      existingAlertTopic: new Topic(stack, 'Told'),
    });
    expect(alertsKey).toBeUndefined();
  });

  test('that is imported: what its policy and its key need is told', () => {
    const stack = plainStack();
    const { alerts } = new DocumentIntake(stack, 'Intake', {
      bundles,
      existingAlertTopic: Topic.fromTopicAttributes(stack, 'Told', {
        topicArn: 'arn:aws:sns:eu-central-1:111122223333:told',
        keyArn: importedKeyArn,
      }),
    });
    expect(alerts.statementsToAdd.map(({ sid }) => sid)).toEqual([
      'AlarmsOfThisEnvironmentdev',
      'EventRulesdev',
    ]);
    expect(alerts.encryptionKey?.statementsToAdd).toHaveLength(2);
    expect(warningsOf(stack).filter(text => text.includes('existing topic'))).toHaveLength(2);
    expect(warningsOf(stack).filter(text => text.includes('existing key'))).toHaveLength(2);
  });
});

describe('an existing VPC', () => {
  const inside: FlowName[] = [
    'TrailAnalysis',
    'DocumentIntake',
    'DocumentProcessing',
    'DocumentApi',
    'RecordIngestion',
    'ComplianceMonitor',
    'FindingResponse',
  ];

  test.each(inside)('takes in the functions of %s, out by HTTPS alone', name => {
    const stack = plainStack();
    makeFlow(stack, name, { existingVpc: new Vpc(stack, 'Theirs') });
    const template = Template.fromStack(stack);
    const functions = Object.values(
      template.findResources('AWS::Lambda::Function', {
        Properties: { FunctionName: Match.stringLikeRegexp('^sallyport-') },
      }),
    );
    expect(functions.length).toBeGreaterThan(0);
    for (const { Properties } of functions) {
      expect(Properties['VpcConfig']['SubnetIds']).toHaveLength(2);
      expect(Properties['VpcConfig']['SecurityGroupIds']).toHaveLength(1);
    }
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupEgress: [Match.objectLike({ IpProtocol: 'tcp', FromPort: 443, ToPort: 443 })],
      SecurityGroupIngress: Match.absent(),
    });
  });

  test('where and behind which groups is for the caller to say', () => {
    const stack = plainStack();
    const existingVpc = new Vpc(stack, 'Theirs', {
      subnetConfiguration: [
        { name: 'near', subnetType: SubnetType.PRIVATE_ISOLATED },
        { name: 'far', subnetType: SubnetType.PRIVATE_ISOLATED },
      ],
    });
    const groups = [new SecurityGroup(stack, 'One', { vpc: existingVpc })];
    new RecordIngestion(stack, 'Records', {
      bundles,
      existingVpc,
      vpcSubnets: { subnetGroupName: 'far' },
      securityGroups: groups,
    });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'sallyport-record-ingestor-dev',
      VpcConfig: {
        SecurityGroupIds: [{ 'Fn::GetAtt': [Match.stringLikeRegexp('^One'), 'GroupId'] }],
        SubnetIds: [
          { Ref: Match.stringLikeRegexp('farSubnet1') },
          { Ref: Match.stringLikeRegexp('farSubnet2') },
        ],
      },
    });
    template.resourceCountIs('AWS::EC2::SecurityGroup', 1);
  });
});

describe('an existing bucket', () => {
  const importedBucket = (stack: ReturnType<typeof plainStack>) =>
    Bucket.fromBucketAttributes(stack, 'Theirs', {
      bucketName: 'their-objects',
      encryptionKey: Key.fromKeyArn(stack, 'TheirKey', importedKeyArn),
    });

  test.each(announcedFlows.map(name => [name]))(
    'of %s is announced by EventBridge, switched on, to the queue that takes what is lost too',
    name => {
      const stack = plainStack();
      makeFlow(stack, name, { existingBucket: importedBucket(stack) });
      const template = Template.fromStack(stack);
      template.hasResourceProperties('Custom::S3BucketNotifications', {
        BucketName: 'their-objects',
        NotificationConfiguration: { EventBridgeConfiguration: {} },
        Managed: false,
      });
      const rules = template.findResources('AWS::Events::Rule', {
        Properties: { EventPattern: { detail: { bucket: { name: ['their-objects'] } } } },
      });
      const [rule, ...others] = Object.values(rules);
      expect(others).toEqual([]);
      expect(rule?.['Properties']).toMatchObject({
        EventPattern: {
          source: ['aws.s3'],
          'detail-type': ['Object Created'],
          account: [{ Ref: 'AWS::AccountId' }],
        },
      });
      const [target] = rule?.['Properties']['Targets'] ?? [];
      const [queueId] = target['Arn']['Fn::GetAtt'] as [string, string];
      const letters = target['DeadLetterConfig']['Arn']['Fn::GetAtt'][0] as string;
      expect(letters).toBe(queueId.replace(/Queue$/, 'DeadLetterQueue'));
      for (const id of [queueId, letters]) {
        template.hasResourceProperties('AWS::SQS::QueuePolicy', {
          Queues: [{ Ref: id }],
          PolicyDocument: {
            Statement: Match.arrayWith([
              Match.objectLike({
                Action: 'sqs:SendMessage',
                Principal: { Service: 'events.amazonaws.com' },
                Condition: {
                  ArnEquals: {
                    'aws:SourceArn': Match.objectLike({}),
                  },
                },
              }),
            ]),
          },
        });
      }
    },
  );

  test.each(places)(
    'of this app, in %s, is switched on in its own stack, and nothing waits for itself',
    place => {
      const { own, theirs } = twoStacks(place);
      const existingBucket = new Bucket(theirs, 'Objects', {
        versioned: true,
        encryptionKey: new Key(theirs, 'Key'),
      });
      new TrailAnalysis(own, 'Trail', { bundles, existingBucket });
      expect(resourcesOf(synthesized(theirs), 'Custom::S3BucketNotifications')).toHaveLength(1);
      expect(resourcesOf(synthesized(own), 'AWS::CloudTrail::Trail')).toEqual([]);
    },
  );

  test('that sends its events already is left alone', () => {
    const stack = plainStack();
    new RecordIngestion(stack, 'Records', {
      bundles,
      existingBucket: importedBucket(stack),
      existingBucketEventBridgeEnabled: true,
    });
    Template.fromStack(stack).resourceCountIs('Custom::S3BucketNotifications', 0);
  });

  test('is read by the function that reads such objects, under its key and through S3 alone', () => {
    const stack = plainStack();
    new RecordIngestion(stack, 'Records', { bundles, existingBucket: importedBucket(stack) });
    const statements = resourcesOf(synthesized(stack), 'AWS::IAM::Policy')
      .filter(([id]) => id.includes('IngestorRole'))
      .flatMap(([id, policy]) => statementsOf(id, policy));
    expect(statements).toContainEqual(
      expect.objectContaining({
        actions: ['s3:GetObject', 's3:GetObjectVersion'],
        resources: ['arn:<AWS::Partition>:s3:::their-objects/*'],
      }),
    );
    expect(statements).toContainEqual(
      expect.objectContaining({
        actions: ['kms:Decrypt'],
        resources: [importedKeyArn],
        conditions: { StringEquals: { 'kms:ViaService': 's3.<AWS::Region>.<AWS::URLSuffix>' } },
      }),
    );
  });

  test('without a key is read where nothing is to be written into it', () => {
    const stack = plainStack();
    const flow = new TrailAnalysis(stack, 'Trail', {
      bundles,
      existingBucket: Bucket.fromBucketName(stack, 'Theirs', 'their-logs'),
    });
    expect(flow.accessLogs).toBeUndefined();
    expect(() => flow.logsKey).toThrow(
      'names no key: give it an encryptionKey, or import it with Bucket.fromBucketAttributes({ bucketArn, encryptionKey })',
    );
  });
});
