import type { TrailRulesFile } from './trail-rules.ts';

/**
 * Rules that change who may do what, what is recorded, or what can be reached: what an account's owner wants to hear
 * of whoever does it. The events are those that the monitoring section of the CIS AWS Foundations Benchmark names
 * (v3.0, 4.4, 4.5 and 4.7 to 4.15), and sign-ins and users beside them.
 */
const accountChanges: TrailRulesFile = {
  rules: [
    {
      id: 'console-sign-in',
      title: 'Sign-in to the console',
      severity: 'low',
      monitoredEvents: ['ConsoleLogin'],
    },
    {
      id: 'iam-users-and-keys',
      title: 'An IAM user or its credentials changed',
      severity: 'medium',
      monitoredEvents: [
        'CreateUser',
        'DeleteUser',
        'CreateAccessKey',
        'CreateLoginProfile',
        'UpdateLoginProfile',
        'DeactivateMFADevice',
        'DeleteVirtualMFADevice',
      ],
    },
    {
      id: 'iam-policy-changes',
      title: 'A policy of IAM or of the organization changed',
      severity: 'medium',
      monitoredEvents: [
        'PutGroupPolicy',
        'PutRolePolicy',
        'PutUserPolicy',
        'DeleteGroupPolicy',
        'DeleteRolePolicy',
        'DeleteUserPolicy',
        'CreatePolicy',
        'DeletePolicy',
        'CreatePolicyVersion',
        'DeletePolicyVersion',
        'AttachRolePolicy',
        'DetachRolePolicy',
        'AttachUserPolicy',
        'DetachUserPolicy',
        'AttachGroupPolicy',
        'DetachGroupPolicy',
        'UpdateAssumeRolePolicy',
      ],
    },
    {
      id: 'trail-changes',
      title: 'What CloudTrail records changed',
      severity: 'high',
      monitoredEvents: [
        'CreateTrail',
        'UpdateTrail',
        'DeleteTrail',
        'StartLogging',
        'StopLogging',
        'PutEventSelectors',
      ],
    },
    {
      id: 'key-disabled-or-deleted',
      title: 'A KMS key is disabled or about to be deleted',
      severity: 'high',
      monitoredEvents: ['DisableKey', 'ScheduleKeyDeletion'],
    },
    {
      id: 'bucket-policy-changes',
      title: 'Who may reach a bucket changed',
      severity: 'medium',
      monitoredEvents: [
        'PutBucketAcl',
        'PutBucketPolicy',
        'PutBucketCors',
        'PutBucketLifecycle',
        'PutBucketReplication',
        'DeleteBucketPolicy',
        'DeleteBucketCors',
        'DeleteBucketLifecycle',
        'DeleteBucketReplication',
        'DeleteBucket',
      ],
    },
    {
      id: 'config-changes',
      title: 'What AWS Config records changed',
      severity: 'high',
      monitoredEvents: [
        'StopConfigurationRecorder',
        'DeleteDeliveryChannel',
        'PutDeliveryChannel',
        'PutConfigurationRecorder',
      ],
    },
    {
      id: 'security-group-changes',
      title: 'A security group changed',
      severity: 'medium',
      monitoredEvents: [
        'AuthorizeSecurityGroupIngress',
        'AuthorizeSecurityGroupEgress',
        'RevokeSecurityGroupIngress',
        'RevokeSecurityGroupEgress',
        'CreateSecurityGroup',
        'DeleteSecurityGroup',
        'ModifySecurityGroupRules',
      ],
    },
    {
      id: 'network-acl-changes',
      title: 'A network ACL changed',
      severity: 'medium',
      monitoredEvents: [
        'CreateNetworkAcl',
        'DeleteNetworkAcl',
        'CreateNetworkAclEntry',
        'DeleteNetworkAclEntry',
        'ReplaceNetworkAclEntry',
        'ReplaceNetworkAclAssociation',
      ],
    },
    {
      id: 'network-gateway-changes',
      title: 'A network gateway changed',
      severity: 'medium',
      monitoredEvents: [
        'CreateCustomerGateway',
        'DeleteCustomerGateway',
        'AttachInternetGateway',
        'CreateInternetGateway',
        'DeleteInternetGateway',
        'DetachInternetGateway',
      ],
    },
    {
      id: 'route-table-changes',
      title: 'A route table changed',
      severity: 'medium',
      monitoredEvents: [
        'CreateRoute',
        'ReplaceRoute',
        'DeleteRoute',
        'CreateRouteTable',
        'DeleteRouteTable',
        'DisassociateRouteTable',
        'ReplaceRouteTableAssociation',
      ],
    },
    {
      id: 'vpc-changes',
      title: 'A VPC changed',
      severity: 'medium',
      monitoredEvents: [
        'CreateVpc',
        'DeleteVpc',
        'ModifyVpcAttribute',
        'AcceptVpcPeeringConnection',
        'CreateVpcPeeringConnection',
        'DeleteVpcPeeringConnection',
        'RejectVpcPeeringConnection',
        'AttachClassicLinkVpc',
        'DetachClassicLinkVpc',
        'DisableVpcClassicLink',
        'EnableVpcClassicLink',
      ],
    },
    {
      id: 'organization-changes',
      title: 'The organization changed',
      severity: 'high',
      monitoredEvents: [
        'AcceptHandshake',
        'DeclineHandshake',
        'AttachPolicy',
        'DetachPolicy',
        'UpdatePolicy',
        'CreateOrganizationalUnit',
        'DeleteOrganizationalUnit',
        'UpdateOrganizationalUnit',
        'CreateAccount',
        'DeleteOrganization',
        'EnablePolicyType',
        'DisablePolicyType',
        'InviteAccountToOrganization',
        'LeaveOrganization',
        'MoveAccount',
        'RemoveAccountFromOrganization',
      ],
    },
  ],
};

/** The packs that ship with the library, by name. */
export const trailRulePacks: Readonly<Record<string, TrailRulesFile>> = { 'account-changes': accountChanges };

/** The pack that stands where no rules are named. */
export const defaultTrailRulePack = 'account-changes';
