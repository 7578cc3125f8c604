import { describe, expect, test } from '@jest/globals';
import { trailRulePacks } from '../../../src/domain/trail/rule-packs.ts';
import { compileTrailRules } from '../../../src/domain/trail/trail-rules.ts';

const { rules, match } = compileTrailRules(trailRulePacks['cis-aws-foundations']);

test('has a rule for each control of the section, in order', () => {
  const controls = Array.from({ length: 15 }, (_, index) => `cis-4.${index + 1}`);
  expect(rules.map(({ id }) => id)).toEqual(controls);
});

/** The events of the benchmark's metric filters, v3.0.0, section 4. */
describe.each<[string, string, string]>([
  [
    'cis-4.4',
    'iam',
    'PutGroupPolicy PutRolePolicy PutUserPolicy DeleteGroupPolicy DeleteRolePolicy DeleteUserPolicy',
  ],
  ['cis-4.4', 'iam', 'CreatePolicy DeletePolicy CreatePolicyVersion DeletePolicyVersion AttachRolePolicy'],
  [
    'cis-4.4',
    'iam',
    'DetachRolePolicy AttachUserPolicy DetachUserPolicy AttachGroupPolicy DetachGroupPolicy',
  ],
  ['cis-4.5', 'cloudtrail', 'CreateTrail UpdateTrail DeleteTrail StartLogging StopLogging'],
  ['cis-4.7', 'kms', 'DisableKey ScheduleKeyDeletion'],
  ['cis-4.8', 's3', 'PutBucketAcl PutBucketPolicy PutBucketCors PutBucketLifecycle PutBucketReplication'],
  ['cis-4.8', 's3', 'DeleteBucketPolicy DeleteBucketCors DeleteBucketLifecycle DeleteBucketReplication'],
  [
    'cis-4.9',
    'config',
    'StopConfigurationRecorder DeleteDeliveryChannel PutDeliveryChannel PutConfigurationRecorder',
  ],
  [
    'cis-4.10',
    'ec2',
    'AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress RevokeSecurityGroupIngress',
  ],
  [
    'cis-4.10',
    'ec2',
    'RevokeSecurityGroupEgress CreateSecurityGroup DeleteSecurityGroup ModifySecurityGroupRules',
  ],
  ['cis-4.11', 'ec2', 'CreateNetworkAcl CreateNetworkAclEntry DeleteNetworkAcl DeleteNetworkAclEntry'],
  ['cis-4.11', 'ec2', 'ReplaceNetworkAclEntry ReplaceNetworkAclAssociation'],
  [
    'cis-4.12',
    'ec2',
    'CreateCustomerGateway DeleteCustomerGateway AttachInternetGateway CreateInternetGateway',
  ],
  ['cis-4.12', 'ec2', 'DeleteInternetGateway DetachInternetGateway'],
  [
    'cis-4.13',
    'ec2',
    'CreateRoute CreateRouteTable ReplaceRoute ReplaceRouteTableAssociation DeleteRouteTable',
  ],
  ['cis-4.13', 'ec2', 'DeleteRoute DisassociateRouteTable'],
  [
    'cis-4.14',
    'ec2',
    'CreateVpc DeleteVpc ModifyVpcAttribute AcceptVpcPeeringConnection CreateVpcPeeringConnection',
  ],
  ['cis-4.14', 'ec2', 'DeleteVpcPeeringConnection RejectVpcPeeringConnection AttachClassicLinkVpc'],
  ['cis-4.14', 'ec2', 'DetachClassicLinkVpc DisableVpcClassicLink EnableVpcClassicLink'],
  [
    'cis-4.15',
    'organizations',
    'AcceptHandshake AttachPolicy CreateAccount CreateOrganizationalUnit CreatePolicy',
  ],
  [
    'cis-4.15',
    'organizations',
    'DeclineHandshake DeleteOrganization DeleteOrganizationalUnit DeletePolicy DetachPolicy',
  ],
  [
    'cis-4.15',
    'organizations',
    'DisablePolicyType EnablePolicyType InviteAccountToOrganization LeaveOrganization',
  ],
  [
    'cis-4.15',
    'organizations',
    'MoveAccount RemoveAccountFromOrganization UpdateOrganizationalUnit UpdatePolicy',
  ],
])('%s takes %s', (id, service, names) => {
  test.each(names.split(' '))('%s, also where it was refused, and of no other service', eventName => {
    const eventSource = `${service}.amazonaws.com`;
    expect(match({ eventSource, eventName })).toEqual([id]);
    expect(match({ eventSource, eventName, errorCode: 'AccessDenied' })).toEqual(['cis-4.1', id]);
    expect(match({ eventSource: 'other.amazonaws.com', eventName })).toEqual([]);
  });
});

describe('cis-4.1', () => {
  test.each<[string, object, boolean]>([
    ['a code of EC2', { errorCode: 'Client.UnauthorizedOperation' }, true],
    ['the code alone', { errorCode: 'UnauthorizedOperation' }, true],
    ['a longer code', { errorCode: 'AccessDeniedException' }, true],
    ['a code that only contains it', { errorCode: 'KMS.AccessDenied' }, false],
    ['a code that goes on', { errorCode: 'UnauthorizedOperations' }, false],
    ['no code', { errorCode: null }, false],
    ['HeadBucket', { errorCode: 'AccessDenied', eventName: 'HeadBucket' }, false],
    [
      'the delivery of logs',
      { errorCode: 'AccessDenied', sourceIPAddress: 'delivery.logs.amazonaws.com' },
      false,
    ],
    ['another service', { errorCode: 'AccessDenied', sourceIPAddress: 'config.amazonaws.com' }, true],
  ])('%s', (_what, record, expected) => {
    expect(match({ ...record })).toEqual(expected ? ['cis-4.1'] : []);
  });
});

describe('sign-ins', () => {
  const signIn = (more: object) => ({
    eventName: 'ConsoleLogin',
    eventType: 'AwsConsoleSignIn',
    userIdentity: { type: 'IAMUser' },
    responseElements: { ConsoleLogin: 'Success' },
    additionalEventData: { MFAUsed: 'No' },
    ...more,
  });

  test.each<[string, object, readonly string[]]>([
    ['without MFA', {}, ['cis-4.2']],
    ['that do not say', { additionalEventData: null }, ['cis-4.2']],
    ['with MFA', { additionalEventData: { MFAUsed: 'Yes' } }, []],
    ['of a federated user', { userIdentity: { type: 'FederatedUser' } }, []],
    ['of a role', { userIdentity: { type: 'AssumedRole' } }, []],
    ['of root, which is root use', { userIdentity: { type: 'Root' } }, ['cis-4.3']],
    [
      'that failed',
      { responseElements: { ConsoleLogin: 'Failure' }, errorMessage: 'Failed authentication' },
      ['cis-4.6'],
    ],
    [
      'of a name that there is not',
      {
        responseElements: { ConsoleLogin: 'Failure' },
        errorMessage: 'No username found in supplied account',
      },
      [],
    ],
  ])('%s', (_what, more, ids) => expect(match(signIn(more))).toEqual(ids));
});

describe('cis-4.3', () => {
  test.each<[string, object, boolean]>([
    ['root itself', { userIdentity: { type: 'Root' } }, true],
    ['root by no service', { userIdentity: { type: 'Root', invokedBy: null } }, true],
    ['a service for root', { userIdentity: { type: 'Root', invokedBy: 'support.amazonaws.com' } }, false],
    ['an event of a service', { userIdentity: { type: 'Root' }, eventType: 'AwsServiceEvent' }, false],
    ['a call of root', { userIdentity: { type: 'Root' }, eventType: 'AwsApiCall' }, true],
    [
      'a service-linked role',
      { userIdentity: { type: 'AssumedRole', invokedBy: 'autoscaling.amazonaws.com' } },
      false,
    ],
    ['a user called Root', { userIdentity: { type: 'IAMUser', userName: 'Root' } }, false],
  ])('%s', (_what, record, expected) => {
    expect(match({ ...record })).toEqual(expected ? ['cis-4.3'] : []);
  });
});
