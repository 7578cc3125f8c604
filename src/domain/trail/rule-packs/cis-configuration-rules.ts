import type { TrailRuleInput } from '../trail-rules-file.ts';
import {
  bucketEvents,
  configEvents,
  gatewayEvents,
  networkAclEvents,
  organizationEvents,
  routeEvents,
  securityGroupEvents,
  vpcEvents,
} from './cis-events.ts';
import { cisReferences } from './cis-references.ts';
import { exampleRecord } from './example-record.ts';

/** What AWS Config records, and what can be reached: 4.8 to 4.15. */
export const cisConfigurationRules: readonly TrailRuleInput[] = [
  {
    id: 'cis-4.8',
    title: 'Who may reach an S3 bucket, or what it keeps, changed',
    severity: 'medium',
    references: cisReferences('4.8', 8),
    // Directory buckets and buckets on Outposts have policies too.
    pattern: {
      eventSource: ['s3.amazonaws.com', 's3express.amazonaws.com', 's3-outposts.amazonaws.com'],
      eventName: bucketEvents,
    },
    examples: {
      match: [exampleRecord('s3', 'PutBucketPolicy'), exampleRecord('s3express', 'DeleteBucketPolicy')],
      noMatch: [exampleRecord('s3', 'GetBucketPolicy'), exampleRecord('s3', 'CreateBucket')],
    },
  },
  {
    id: 'cis-4.9',
    title: 'What AWS Config records changed',
    severity: 'high',
    references: cisReferences('4.9', 9),
    pattern: {
      eventSource: ['config.amazonaws.com'],
      eventName: configEvents,
    },
    examples: {
      match: [exampleRecord('config', 'StopConfigurationRecorder')],
      noMatch: [exampleRecord('config', 'DescribeConfigurationRecorders')],
    },
  },
  {
    id: 'cis-4.10',
    title: 'A security group changed',
    severity: 'medium',
    references: cisReferences('4.10', 10),
    pattern: {
      eventSource: ['ec2.amazonaws.com'],
      eventName: securityGroupEvents,
    },
    examples: {
      match: [
        exampleRecord('ec2', 'AuthorizeSecurityGroupIngress'),
        exampleRecord('ec2', 'ModifySecurityGroupRules'),
      ],
      noMatch: [
        exampleRecord('ec2', 'DescribeSecurityGroups'),
        exampleRecord('rds', 'AuthorizeDBSecurityGroupIngress'),
      ],
    },
  },
  {
    id: 'cis-4.11',
    title: 'A network ACL changed',
    severity: 'medium',
    references: cisReferences('4.11', 11),
    pattern: {
      eventSource: ['ec2.amazonaws.com'],
      eventName: networkAclEvents,
    },
    examples: {
      match: [exampleRecord('ec2', 'DeleteNetworkAclEntry')],
      noMatch: [exampleRecord('ec2', 'DescribeNetworkAcls')],
    },
  },
  {
    id: 'cis-4.12',
    title: 'A network gateway changed',
    severity: 'medium',
    references: cisReferences('4.12', 12),
    pattern: {
      eventSource: ['ec2.amazonaws.com'],
      eventName: gatewayEvents,
    },
    examples: {
      match: [exampleRecord('ec2', 'AttachInternetGateway')],
      noMatch: [exampleRecord('ec2', 'DescribeInternetGateways'), exampleRecord('ec2', 'CreateNatGateway')],
    },
  },
  {
    id: 'cis-4.13',
    title: 'A route table changed',
    severity: 'medium',
    references: cisReferences('4.13', 13),
    // Routes of API Gateway and App Mesh have the same names.
    pattern: {
      eventSource: ['ec2.amazonaws.com'],
      eventName: routeEvents,
    },
    examples: {
      match: [exampleRecord('ec2', 'CreateRoute')],
      noMatch: [
        exampleRecord('apigateway', 'CreateRoute'),
        exampleRecord('appmesh', 'DeleteRoute'),
        exampleRecord('ec2', 'DescribeRouteTables'),
      ],
    },
  },
  {
    id: 'cis-4.14',
    title: 'A VPC changed',
    severity: 'medium',
    references: cisReferences('4.14', 14),
    pattern: {
      eventSource: ['ec2.amazonaws.com'],
      eventName: vpcEvents,
    },
    examples: {
      match: [exampleRecord('ec2', 'ModifyVpcAttribute')],
      noMatch: [exampleRecord('ec2', 'DescribeVpcs'), exampleRecord('ec2', 'CreateVpcEndpoint')],
    },
  },
  {
    id: 'cis-4.15',
    title: 'The organization changed',
    severity: 'high',
    references: cisReferences('4.15'),
    pattern: {
      eventSource: ['organizations.amazonaws.com'],
      eventName: [...organizationEvents, 'CreatePolicy', 'DeletePolicy'],
    },
    examples: {
      match: [
        exampleRecord('organizations', 'LeaveOrganization'),
        exampleRecord('organizations', 'CreatePolicy'),
      ],
      noMatch: [
        exampleRecord('iam', 'CreatePolicy'),
        exampleRecord('iot', 'AttachPolicy'),
        exampleRecord('organizations', 'ListAccounts'),
      ],
    },
  },
];
