import { account, instanceId, longTermKey, region, sessionKey } from './sample-findings.ts';

type Json = Record<string, unknown>;

const iamUser = {
  accessKeyId: longTermKey,
  principalId: 'AIDAEXAMPLE',
  userType: 'IAMUser',
  userName: 'eve',
};
const session = {
  accessKeyId: sessionKey,
  principalId: 'AROAEXAMPLE:i-0abc',
  userType: 'AssumedRole',
  userName: 'app',
};
const instance = {
  instanceId,
  instanceType: 'm3.xlarge',
  outpostArn: null,
  launchTime: '2026-08-02T02:05:06.000Z',
  platform: null,
  productCodes: [],
  iamInstanceProfile: { arn: `arn:aws:iam::${account}:instance-profile/web`, id: 'AIPAEXAMPLE' },
  networkInterfaces: [
    {
      networkInterfaceId: 'eni-0a1',
      privateIpAddress: '10.0.0.1',
      ipv6Addresses: [],
      subnetId: 'subnet-0a1',
      vpcId: 'vpc-0a1',
      securityGroups: [{ groupName: 'web', groupId: 'sg-0a1' }],
      publicDnsName: '',
    },
  ],
  tags: [{ key: 'Name', value: 'web-1' }],
  instanceState: 'running',
  availabilityZone: `${region}a`,
  imageId: 'ami-0a1',
};
const bucket = {
  arn: 'arn:aws:s3:::ledgers',
  name: 'ledgers',
  defaultServerSideEncryption: { encryptionType: 'SSEAlgorithm', kmsMasterKeyArn: '' },
  owner: { id: 'CanonicalId' },
  publicAccess: { effectivePermission: 'NOT_PUBLIC' },
  tags: [],
  type: 'Destination',
};

/** A finding of each family with the members that GuardDuty gives it; none is a sample. */
export const realisticFindings: Readonly<Record<string, Json>> = {
  'an instance that acts': finding(
    'Backdoor:EC2/C&CActivity.B!DNS',
    { resourceType: 'Instance', instanceDetails: instance },
    { resourceRole: 'ACTOR' },
  ),
  'an instance that is attacked': finding(
    'UnauthorizedAccess:EC2/SSHBruteForce',
    { resourceType: 'Instance', instanceDetails: instance },
    { resourceRole: 'TARGET' },
  ),
  'an instance beside empty credentials': finding(
    'Backdoor:EC2/DenialOfService.Tcp',
    {
      resourceType: 'Instance',
      instanceDetails: instance,
      accessKeyDetails: { accessKeyId: '', principalId: '', userName: '', userType: '' },
    },
    { resourceRole: 'ACTOR' },
  ),
  'a process on an instance': finding(
    'CryptoCurrency:Runtime/BitcoinTool.B!DNS',
    { resourceType: 'Instance', instanceDetails: instance },
    { resourceRole: '', runtimeDetails: { process: { name: 'xmrig', pid: 7 } } },
  ),
  'a process in a cluster': finding(
    'Execution:Runtime/ReverseShell',
    {
      resourceType: 'EKSCluster',
      eksClusterDetails: { name: 'main', status: 'ACTIVE' },
      kubernetesDetails: { kubernetesUserDetails: null },
    },
    { resourceRole: null },
  ),
  'malware on an instance': finding(
    'Execution:EC2/MaliciousFile',
    { resourceType: 'Instance', instanceDetails: instance, ebsVolumeDetails: { scannedVolumeDetails: [] } },
    { featureName: 'EbsVolumeScan' },
  ),
  'a user with a long-term key': finding('UnauthorizedAccess:IAMUser/MaliciousIPCaller.Custom', {
    resourceType: 'AccessKey',
    accessKeyDetails: iamUser,
  }),
  'a user at the console': finding('UnauthorizedAccess:IAMUser/ConsoleLoginSuccess.B', {
    resourceType: 'AccessKey',
    accessKeyDetails: { ...iamUser, accessKeyId: '' },
  }),
  'the root user at the console': finding('Policy:IAMUser/RootCredentialUsage', {
    resourceType: 'AccessKey',
    accessKeyDetails: { accessKeyId: '', principalId: account, userType: 'Root', userName: 'Root' },
  }),
  'credentials of an instance': finding(
    'UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS',
    { resourceType: 'AccessKey', accessKeyDetails: session, instanceDetails: instance },
  ),
  'a bucket, by a session': finding('Exfiltration:S3/MaliciousIPCaller', {
    resourceType: 'S3Bucket',
    accessKeyDetails: session,
    s3BucketDetails: [bucket],
  }),
  'a bucket, by nobody in particular': finding('Discovery:S3/TorIPCaller', {
    resourceType: 'S3Bucket',
    accessKeyDetails: {
      accessKeyId: '',
      principalId: '',
      userType: 'AWSAccount',
      userName: 'ANONYMOUS PRINCIPAL',
    },
    s3BucketDetails: [bucket],
  }),
  'all buckets, by a user': finding('Discovery:S3/MaliciousIPCaller', {
    resourceType: 'AccessKey',
    accessKeyDetails: iamUser,
    s3BucketDetails: null,
  }),
  'an attack sequence': finding(
    'AttackSequence:IAM/CompromisedCredentials',
    { resourceType: 'AttackSequence' },
    { resourceRole: '', detection: { sequence: { uid: 'u', signals: [] } } },
    9,
  ),
  'an object with malware': finding(
    'Object:S3/MaliciousFile',
    {
      resourceType: 'S3Object',
      s3BucketDetails: [{ ...bucket, s3ObjectDetails: [{ key: 'a/b.exe', eTag: '', versionId: '' }] }],
    },
    { resourceRole: null },
  ),
  'a database': finding('CredentialAccess:RDS/AnomalousBehavior.SuccessfulBruteForce', {
    resourceType: 'RDSDBInstance',
    rdsDbInstanceDetails: { dbInstanceIdentifier: 'db-1', tags: [] },
    rdsDbUserDetails: { user: 'a b', authMethod: null },
  }),
  'a function': finding('Backdoor:Lambda/C&CActivity.B', {
    resourceType: 'Lambda',
    lambdaDetails: { functionName: 'f', vpcConfig: { securityGroups: null } },
  }),
  'a cluster': finding('Policy:Kubernetes/AdminAccessToDefaultServiceAccount', {
    resourceType: 'EKSCluster',
    accessKeyDetails: { userType: '', userName: 'system:serviceaccount:default:x' },
    eksClusterDetails: { name: 'main' },
  }),
};

function finding(type: string, resource: Json, service: Json = {}, severity = 8): Json {
  return {
    schemaVersion: '2.0',
    accountId: account,
    region,
    partition: 'aws',
    id: '16afba5c5c43e07c9e3e5e2e544e95df',
    arn: `arn:aws:guardduty:${region}:${account}:detector/d1/finding/16afba5c5c43e07c9e3e5e2e544e95df`,
    type,
    resource,
    service: {
      serviceName: 'guardduty',
      detectorId: 'd1',
      action: { actionType: 'AWS_API_CALL', awsApiCallAction: { api: 'GetObject', errorCode: '' } },
      resourceRole: 'TARGET',
      additionalInfo: { value: '{}', type: 'default' },
      evidence: null,
      eventFirstSeen: '2026-11-21T07:00:00.000Z',
      eventLastSeen: '2026-11-21T07:55:00.000Z',
      archived: false,
      count: 3,
      ...service,
    },
    severity,
    createdAt: '2026-11-21T07:00:00.000Z',
    updatedAt: '2026-11-21T08:00:00.000Z',
    title: 'What was found.',
    description: 'How it was found.',
  };
}
