import type { TrailRulesFile } from '../trail-rules-file.ts';
import {
  bucketEvents,
  configEvents,
  gatewayEvents,
  keyEvents,
  networkAclEvents,
  organizationEvents,
  policyEvents,
  routeEvents,
  securityGroupEvents,
  trailEvents,
  vpcEvents,
} from './cis-events.ts';

/**
 * Rules that change who may do what, what is recorded, or what can be reached: what an account's owner wants to hear
 * of whoever does it. The events are those that the monitoring section of the CIS AWS Foundations Benchmark names
 * (v3.0, 4.4, 4.5 and 4.7 to 4.15), and sign-ins and users beside them.
 */
export const accountChanges: TrailRulesFile = {
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
      monitoredEvents: [...policyEvents, 'UpdateAssumeRolePolicy'],
    },
    {
      id: 'trail-changes',
      title: 'What CloudTrail records changed',
      severity: 'high',
      monitoredEvents: [...trailEvents, 'PutEventSelectors'],
    },
    {
      id: 'key-disabled-or-deleted',
      title: 'A KMS key is disabled or about to be deleted',
      severity: 'high',
      monitoredEvents: keyEvents,
    },
    {
      id: 'bucket-policy-changes',
      title: 'Who may reach a bucket changed',
      severity: 'medium',
      monitoredEvents: [...bucketEvents, 'DeleteBucket'],
    },
    {
      id: 'config-changes',
      title: 'What AWS Config records changed',
      severity: 'high',
      monitoredEvents: configEvents,
    },
    {
      id: 'security-group-changes',
      title: 'A security group changed',
      severity: 'medium',
      monitoredEvents: securityGroupEvents,
    },
    {
      id: 'network-acl-changes',
      title: 'A network ACL changed',
      severity: 'medium',
      monitoredEvents: networkAclEvents,
    },
    {
      id: 'network-gateway-changes',
      title: 'A network gateway changed',
      severity: 'medium',
      monitoredEvents: gatewayEvents,
    },
    {
      id: 'route-table-changes',
      title: 'A route table changed',
      severity: 'medium',
      monitoredEvents: routeEvents,
    },
    {
      id: 'vpc-changes',
      title: 'A VPC changed',
      severity: 'medium',
      monitoredEvents: vpcEvents,
    },
    {
      id: 'organization-changes',
      title: 'The organization changed',
      severity: 'high',
      monitoredEvents: organizationEvents,
    },
  ],
};
