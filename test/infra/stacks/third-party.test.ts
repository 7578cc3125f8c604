import { describe, expect, test } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import { completeConfiguration } from '../../../infra/config/configuration.ts';
import { featureFlags } from '../../../infra/config/feature-flags.ts';
import { IntakeStack } from '../../../infra/stacks/intake-stack.ts';
import { account, deployedPolicy, type RoleCall, region, simulateRole } from '../simulate-role.ts';
import {
  propertiesOf,
  render,
  resourcesOf,
  type SynthesizedStack,
  stubBundles,
  synthesizeIntake,
  synthesizeProcessing,
} from '../synthesized-stack.ts';

const thirdParty = {
  thirdPartyPrincipal: 'arn:aws:iam::444455556666:role/sender',
  thirdPartyExternalId: 'sallyport-4711',
  thirdPartyAddresses: '203.0.113.0/24,2001:db8:1::/48',
};
const intake = synthesizeIntake(thirdParty);
const processing = synthesizeProcessing(thirdParty);
const words = 'what the third party may do';

const keyArn = (name: string) => `arn:aws:kms:${region}:${account}:key/${name}`;
const uploads = 'arn:aws:s3:::UploadsBucket/claims/17.pdf';
const delivery = `arn:aws:s3:::sallyport-delivery-dev-${account}/claims/17.pdf`;
const role = simulateRole(intake, words);

/** What is true of each call that the third party makes itself. */
const itself = {
  'aws:SourceIp': '203.0.113.9',
  'aws:SecureTransport': 'true',
  'aws:ViaAWSService': 'false',
};

/** What is true of a call that S3 makes in its name. */
const throughS3 = {
  'aws:SecureTransport': 'true',
  'aws:ViaAWSService': 'true',
  'kms:ViaService': `s3.${region}.amazonaws.com`,
};

const encryption = 's3:x-amz-server-side-encryption';
const encrypted = { [encryption]: 'aws:kms', [`${encryption}-aws-kms-key-id`]: keyArn('UploadsKey') };

function policyOfBucket(stack: SynthesizedStack, bucket: string): object {
  const [policy] = resourcesOf(stack, 'AWS::S3::BucketPolicy').filter(
    ([, { Properties }]) => render(Properties['Bucket']) === `<${bucket}>`,
  );
  return deployedPolicy(policy?.[1].Properties['PolicyDocument']);
}

const put = (context: Record<string, string>): RoleCall => ({
  action: 's3:PutObject',
  resource: uploads,
  context: { ...itself, ...encrypted, ...context },
  resourcePolicy: policyOfBucket(intake, 'UploadsBucket'),
});

const get = (context: Record<string, string>, action = 's3:GetObject'): RoleCall => ({
  action,
  resource: delivery,
  context: { ...itself, ...context },
});

const useKey = (
  stack: SynthesizedStack,
  key: string,
  action: string,
  context: Record<string, string> = throughS3,
): RoleCall => ({
  action,
  resource: keyArn(key),
  context,
  resourcePolicy: deployedPolicy(propertiesOf(stack, key)['KeyPolicy']),
});

describe('E10: who becomes the third party', () => {
  test('one principal of another account, with its external id, for an hour', () => {
    const [[, resource] = []] = resourcesOf(intake, 'AWS::IAM::Role').filter(([, { Properties }]) =>
      String(Properties['Description']).endsWith(words),
    );
    expect(render(resource?.Properties)).toMatchObject({
      RoleName: 'sallyport-third-party-dev',
      MaxSessionDuration: 3600,
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Action: 'sts:AssumeRole',
            Principal: { AWS: thirdParty.thirdPartyPrincipal },
            Condition: { StringEquals: { 'sts:ExternalId': thirdParty.thirdPartyExternalId } },
          },
        ],
      },
    });
    expect(resource?.Properties).not.toHaveProperty('ManagedPolicyArns');
  });

  test('an account by its number: its administrators choose, with the same external id', () => {
    const other = synthesizeIntake({ ...thirdParty, thirdPartyPrincipal: '444455556666' });
    const trusts = resourcesOf(other, 'AWS::IAM::Role')
      .filter(([, { Properties }]) => Properties['RoleName'] === 'sallyport-third-party-dev')
      .map(([, { Properties }]) => render(Properties['AssumeRolePolicyDocument']));
    expect(trusts).toMatchObject([
      {
        Statement: [
          {
            Effect: 'Allow',
            Action: 'sts:AssumeRole',
            Principal: { AWS: 'arn:<AWS::Partition>:iam::444455556666:root' },
            Condition: { StringEquals: { 'sts:ExternalId': thirdParty.thirdPartyExternalId } },
          },
        ],
      },
    ]);
  });

  test('nobody, where configuration names none', () => {
    expect(JSON.stringify(synthesizeIntake().json)).not.toMatch(/third.?party|ExternalId/i);
  });

  test('is told by an output what to assume', () => {
    expect(render(intake.json.Outputs['ThirdPartyRoleArn']?.Value)).toMatch(/^<ThirdParty\w+\.Arn>$/);
  });
});

describe('E10: uploads of the third party', () => {
  test.each<[string, RoleCall, string]>([
    ['from its addresses, over HTTPS, under the key', put({}), 'Allowed'],
    ['from its other range', put({ 'aws:SourceIp': '2001:db8:1::7' }), 'Allowed'],
    ['from elsewhere', put({ 'aws:SourceIp': '198.51.100.9' }), 'ExplicitlyDenied'],
    ['from elsewhere, by IPv6', put({ 'aws:SourceIp': '2001:db8:2::7' }), 'ExplicitlyDenied'],
    ['over plain HTTP', put({ 'aws:SecureTransport': 'false' }), 'ExplicitlyDenied'],
    ['under SSE-S3', put({ [encryption]: 'AES256' }), 'ExplicitlyDenied'],
    ['under another key', put({ [`${encryption}-aws-kms-key-id`]: keyArn('Other') }), 'ExplicitlyDenied'],
    [
      'without an address, as through a VPC endpoint',
      { ...put({}), context: { ...encrypted, 'aws:SecureTransport': 'true', 'aws:ViaAWSService': 'false' } },
      'ExplicitlyDenied',
    ],
    ['without encryption', { ...put({}), context: itself }, 'ExplicitlyDenied'],
    [
      'without naming the key',
      { ...put({}), context: { ...itself, [encryption]: 'aws:kms' } },
      'ExplicitlyDenied',
    ],
  ])('%s', async (_name, call, answer) => {
    expect(await role.ask(call)).toBe(answer);
  });

  test('name the key even where the bucket does not insist on it', async () => {
    const context = { ...itself, [encryption]: 'aws:kms' };
    expect(await role.ask({ action: 's3:PutObject', resource: uploads, context })).toBe('ExplicitlyDenied');
  });

  test.each(['s3:AbortMultipartUpload', 's3:ListMultipartUploadParts'])(
    'in parts: %s, from its addresses',
    async action => {
      expect(await role.ask({ ...put({}), action, context: itself })).toBe('Allowed');
      const elsewhere = { ...itself, 'aws:SourceIp': '198.51.100.9' };
      expect(await role.ask({ ...put({}), action, context: elsewhere })).toBe('ExplicitlyDenied');
    },
  );

  test.each([['kms:GenerateDataKey'], ['kms:Decrypt']])(
    'S3 may ask %s in its name, from no address of its own',
    async action => {
      expect(await role.ask(useKey(intake, 'UploadsKey', action))).toBe('Allowed');
      const foreign = { ...throughS3, 'aws:SourceIp': '198.51.100.9' };
      expect(await role.ask(useKey(intake, 'UploadsKey', action, foreign))).toBe('Allowed');
      expect(await role.ask(useKey(intake, 'UploadsKey', action, itself))).toBe('ImplicitlyDenied');
      const posing = { ...foreign, 'aws:ViaAWSService': 'false' };
      expect(await role.ask(useKey(intake, 'UploadsKey', action, posing))).toBe('ExplicitlyDenied');
    },
  );
});

describe('E10: deliveries to the third party', () => {
  test.each<[string, RoleCall, string]>([
    ['as they are now', get({}), 'Allowed'],
    ['by version', get({}, 's3:GetObjectVersion'), 'Allowed'],
    ['from elsewhere', get({ 'aws:SourceIp': '198.51.100.9' }), 'ExplicitlyDenied'],
    ['over plain HTTP', get({ 'aws:SecureTransport': 'false' }), 'ExplicitlyDenied'],
  ])('%s', async (_name, call, answer) => {
    expect(await role.ask(call)).toBe(answer);
  });

  test('S3 may decrypt them in its name, and no more', async () => {
    expect(await role.ask(useKey(processing, 'DeliveryKey', 'kms:Decrypt'))).toBe('Allowed');
    expect(await role.ask(useKey(processing, 'DeliveryKey', 'kms:GenerateDataKey'))).toBe('ImplicitlyDenied');
  });
});

describe('E10: the third party does nothing else', () => {
  const bucketOf = (purpose: string) => `arn:aws:s3:::sallyport-${purpose}-dev-${account}`;

  test.each<[string, string, string]>([
    ['get an upload', 's3:GetObject', uploads],
    ['delete an upload', 's3:DeleteObject', uploads],
    ['list what is uploaded in parts', 's3:ListBucketMultipartUploads', 'arn:aws:s3:::UploadsBucket'],
    ['abort parts of a delivery', 's3:AbortMultipartUpload', delivery],
    ['tag an upload', 's3:PutObjectTagging', uploads],
    ['list uploads', 's3:ListBucket', 'arn:aws:s3:::UploadsBucket'],
    ['put a delivery', 's3:PutObject', delivery],
    ['delete a delivery', 's3:DeleteObject', delivery],
    ['list deliveries', 's3:ListBucket', bucketOf('delivery')],
    ['get from internal-processing', 's3:GetObject', `${bucketOf('internal-processing')}/claims/17.pdf`],
    ['get from quarantine', 's3:GetObject', `${bucketOf('quarantine')}/claims/17.pdf`],
    ['change a bucket', 's3:PutBucketPolicy', bucketOf('delivery')],
    ['become somebody else', 'sts:AssumeRole', `arn:aws:iam::${account}:role/admin`],
    [
      'start the intake',
      'states:StartExecution',
      `arn:aws:states:${region}:${account}:stateMachine:sallyport-intake-dev`,
    ],
  ])('it may not %s', async (_name, action, resource) => {
    expect(await role.ask({ action, resource, context: itself })).toBe('ImplicitlyDenied');
  });

  test('no statement allows an action or a resource by pattern, but for the objects of the two buckets', () => {
    const statements = role.policies.flatMap(
      policy =>
        (policy as { Statement: { Effect: string; Action: string | string[]; Resource: string }[] })
          .Statement,
    );
    const allowed = statements.filter(({ Effect }) => Effect === 'Allow');
    expect(
      allowed
        .flatMap(({ Action, Resource }) => [Action].flat().map(action => `${action} ${Resource}`))
        .sort(),
    ).toEqual(
      [
        `kms:Decrypt ${keyArn('DeliveryKey')}`,
        `kms:Decrypt ${keyArn('UploadsKey')}`,
        `kms:GenerateDataKey ${keyArn('UploadsKey')}`,
        `s3:GetObject ${bucketOf('delivery')}/*`,
        `s3:GetObjectVersion ${bucketOf('delivery')}/*`,
        's3:AbortMultipartUpload arn:aws:s3:::UploadsBucket/*',
        's3:ListMultipartUploadParts arn:aws:s3:::UploadsBucket/*',
        's3:PutObject arn:aws:s3:::UploadsBucket/*',
      ].sort(),
    );
  });
});

test('a third party without a bucket to get from is refused before it is deployed', () => {
  const { thirdPartyPrincipal, thirdPartyExternalId } = thirdParty;
  const configuration = completeConfiguration({
    thirdPartyPrincipal,
    thirdPartyExternalId,
    thirdPartyAddresses: ['203.0.113.0/24'],
  });
  expect(
    () =>
      new IntakeStack(new App({ context: featureFlags() }), 'Alone', { configuration, bundles: stubBundles }),
  ).toThrow('Alone: a third party is named, and no bucket that it gets deliveries from.');
});
