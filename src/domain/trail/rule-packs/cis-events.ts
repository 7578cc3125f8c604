/*
 * The names of events that the monitoring section of the CIS AWS Foundations Benchmark lists, by control (in the numbers of v3
 * and v5).
 */

/** 4.4 */
export const policyEvents: string[] = [
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
];

/** 4.5 */
export const trailEvents: string[] = [
  'CreateTrail',
  'UpdateTrail',
  'DeleteTrail',
  'StartLogging',
  'StopLogging',
];

/** 4.7 */
export const keyEvents: string[] = ['DisableKey', 'ScheduleKeyDeletion'];

/** 4.8 */
export const bucketEvents: string[] = [
  'PutBucketAcl',
  'PutBucketPolicy',
  'PutBucketCors',
  'PutBucketLifecycle',
  'PutBucketReplication',
  'DeleteBucketPolicy',
  'DeleteBucketCors',
  'DeleteBucketLifecycle',
  'DeleteBucketReplication',
];

/** 4.9 */
export const configEvents: string[] = [
  'StopConfigurationRecorder',
  'DeleteDeliveryChannel',
  'PutDeliveryChannel',
  'PutConfigurationRecorder',
];

/** 4.10 */
export const securityGroupEvents: string[] = [
  'AuthorizeSecurityGroupIngress',
  'AuthorizeSecurityGroupEgress',
  'RevokeSecurityGroupIngress',
  'RevokeSecurityGroupEgress',
  'CreateSecurityGroup',
  'DeleteSecurityGroup',
  'ModifySecurityGroupRules',
];

/** 4.11 */
export const networkAclEvents: string[] = [
  'CreateNetworkAcl',
  'DeleteNetworkAcl',
  'CreateNetworkAclEntry',
  'DeleteNetworkAclEntry',
  'ReplaceNetworkAclEntry',
  'ReplaceNetworkAclAssociation',
];

/** 4.12 */
export const gatewayEvents: string[] = [
  'CreateCustomerGateway',
  'DeleteCustomerGateway',
  'AttachInternetGateway',
  'CreateInternetGateway',
  'DeleteInternetGateway',
  'DetachInternetGateway',
];

/** 4.13 */
export const routeEvents: string[] = [
  'CreateRoute',
  'ReplaceRoute',
  'DeleteRoute',
  'CreateRouteTable',
  'DeleteRouteTable',
  'DisassociateRouteTable',
  'ReplaceRouteTableAssociation',
];

/** 4.14 */
export const vpcEvents: string[] = [
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
];

/** 4.15, but for CreatePolicy and DeletePolicy, which IAM has too. */
export const organizationEvents: string[] = [
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
];
