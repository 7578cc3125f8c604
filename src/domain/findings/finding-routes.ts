import type { ManualTopic } from './manual-steps.ts';
import type { Disposition } from './remediation-plan.ts';

/** What is done about findings of a type. */
export interface FindingRoute {
  readonly disposition: Disposition;
  /** What people are told to do. */
  readonly topic: ManualTopic;
  /**
   * Which part the resource has in it where the finding does not say. One that had it done to it is not contained for it.
   * Only findings on instances say: https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings-summary.html
   */
  readonly presumed?: 'ACTOR' | 'TARGET';
}

interface RouteGroup extends FindingRoute {
  /** The types' ends, by what stands before them. */
  readonly types: Readonly<Record<string, string>>;
}

/** The instance acts: it calls out, scans, mines, attacks. */
const actingInstance = { disposition: 'contain-instance', topic: 'instance', presumed: 'ACTOR' } as const;
/** The instance may be on either end. */
const attackedInstance = { disposition: 'contain-instance', topic: 'instance', presumed: 'TARGET' } as const;
/** Something bad is in it, whoever brought it there. */
const infectedInstance = { disposition: 'contain-instance', topic: 'instance' } as const;
const credentials = { disposition: 'contain-credentials', topic: 'credentials' } as const;
const bucket = { disposition: 'contain-bucket', topic: 'bucket' } as const;

/**
 * Every type that AWS documents, the retired ones at the end;
 * https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_finding-types-active.html
 */
const groups: readonly RouteGroup[] = [
  {
    ...actingInstance,
    types: {
      'Backdoor:EC2/':
        'C&CActivity.B C&CActivity.B!DNS DenialOfService.Dns DenialOfService.Tcp DenialOfService.Udp DenialOfService.UdpOnTcpPorts DenialOfService.UnusualProtocol Spambot',
      'Behavior:EC2/': 'NetworkPortUnusual TrafficVolumeUnusual',
      'CryptoCurrency:EC2/': 'BitcoinTool.B BitcoinTool.B!DNS',
      'DefenseEvasion:EC2/': 'UnusualDNSResolver UnusualDoHActivity UnusualDoTActivity',
      'Impact:EC2/':
        'AbusedDomainRequest.Reputation BitcoinDomainRequest.Reputation MaliciousDomainRequest.Custom MaliciousDomainRequest.Reputation PortSweep SuspiciousDomainRequest.Reputation WinRMBruteForce',
      'Recon:EC2/': 'Portscan',
      'Trojan:EC2/':
        'BlackholeTraffic BlackholeTraffic!DNS DGADomainRequest.B DGADomainRequest.C!DNS DNSDataExfiltration DriveBySourceTraffic!DNS DropPoint DropPoint!DNS PhishingDomainRequest!DNS',
      'UnauthorizedAccess:EC2/': 'MaliciousIPCaller.Custom MetadataDNSRebind TorClient TorRelay',
    },
  },
  {
    ...attackedInstance,
    types: {
      'Recon:EC2/': 'PortProbeEMRUnprotectedPort PortProbeUnprotectedPort',
      'UnauthorizedAccess:EC2/': 'RDPBruteForce SSHBruteForce',
    },
  },
  { ...infectedInstance, types: { 'Execution:EC2/': 'MaliciousFile SuspiciousFile' } },
  {
    ...infectedInstance,
    topic: 'runtime',
    types: {
      'Backdoor:Runtime/': 'C&CActivity.B C&CActivity.B!DNS',
      'CryptoCurrency:Runtime/': 'BitcoinTool.B BitcoinTool.B!DNS',
      'DefenseEvasion:Runtime/':
        'FilelessExecution KernelModuleLoaded ProcessInjection.Proc ProcessInjection.Ptrace ProcessInjection.VirtualMemoryWrite PtraceAntiDebugging SensitiveFileModified SuspiciousCommand',
      'Discovery:Runtime/': 'SuspiciousCommand',
      'Execution:Runtime/':
        'MaliciousFileExecuted MaliciousFileExecuted.Custom NewBinaryExecuted NewLibraryLoaded ReverseShell SuspiciousCommand SuspiciousShellCreated SuspiciousTool',
      'Impact:Runtime/':
        'AbusedDomainRequest.Reputation BitcoinDomainRequest.Reputation CryptoMinerExecuted MaliciousDomainRequest.Reputation SuspiciousDomainRequest.Reputation',
      'Persistence:Runtime/': 'SensitiveFileModified SuspiciousCommand',
      'PrivilegeEscalation:Runtime/':
        'CGroupsReleaseAgentModified ContainerMountsHostDirectory DockerSocketAccessed ElevationToRoot RuncContainerEscape SensitiveFileModified SuspiciousCommand UserfaultfdUsage',
      'Trojan:Runtime/':
        'BlackholeTraffic BlackholeTraffic!DNS DGADomainRequest.C!DNS DriveBySourceTraffic!DNS DropPoint DropPoint!DNS PhishingDomainRequest!DNS',
      'UnauthorizedAccess:Runtime/': 'MetadataDNSRebind TorClient TorRelay',
    },
  },
  {
    ...credentials,
    types: {
      'CredentialAccess:IAMUser/': 'AnomalousBehavior CompromisedCredentials',
      'DefenseEvasion:IAMUser/': 'AnomalousBehavior BedrockLoggingDisabled',
      'Discovery:IAMUser/': 'AnomalousBehavior',
      'Exfiltration:IAMUser/': 'AnomalousBehavior',
      'Impact:IAMUser/': 'AnomalousBehavior',
      'InitialAccess:IAMUser/': 'AnomalousBehavior',
      'PenTest:IAMUser/': 'KaliLinux ParrotLinux PentooLinux',
      'Persistence:IAMUser/': 'AnomalousBehavior',
      'Policy:IAMUser/': 'RootCredentialUsage ShortTermRootCredentialUsage',
      'PrivilegeEscalation:IAMUser/': 'AnomalousBehavior',
      'Recon:IAMUser/': 'MaliciousIPCaller MaliciousIPCaller.Custom TorIPCaller',
      'Stealth:IAMUser/': 'CloudTrailLoggingDisabled PasswordPolicyChange',
      'UnauthorizedAccess:IAMUser/':
        'ConsoleLoginSuccess.B InstanceCredentialExfiltration.InsideAWS InstanceCredentialExfiltration.OutsideAWS MaliciousIPCaller MaliciousIPCaller.Custom ResourceCredentialExfiltration.InsideAWS ResourceCredentialExfiltration.OutsideAWS TorIPCaller',
    },
  },
  {
    ...bucket,
    types: {
      'Discovery:S3/': 'AnomalousBehavior MaliciousIPCaller MaliciousIPCaller.Custom TorIPCaller',
      'Exfiltration:S3/': 'AnomalousBehavior MaliciousIPCaller',
      'Impact:S3/':
        'AnomalousBehavior.Delete AnomalousBehavior.Permission AnomalousBehavior.Write MaliciousIPCaller',
      'PenTest:S3/': 'KaliLinux ParrotLinux PentooLinux',
      'Policy:S3/': 'BucketAnonymousAccessGranted BucketBlockPublicAccessDisabled BucketPublicAccessGranted',
      'Stealth:S3/': 'ServerAccessLoggingDisabled',
      'UnauthorizedAccess:S3/': 'MaliciousIPCaller.Custom TorIPCaller',
    },
  },
  {
    disposition: 'notify',
    topic: 'account-public-access',
    types: { 'Policy:S3/': 'AccountBlockPublicAccessDisabled' },
  },
  { disposition: 'notify', topic: 'object', types: { 'Object:S3/': 'MaliciousFile' } },
  {
    disposition: 'notify',
    topic: 'backup',
    types: {
      'Execution:EC2/': 'MaliciousFile!AMI MaliciousFile!RecoveryPoint MaliciousFile!Snapshot',
      'Execution:S3/': 'MaliciousFile!RecoveryPoint',
    },
  },
  {
    disposition: 'notify',
    topic: 'kubernetes',
    types: {
      'CredentialAccess:Kubernetes/':
        'AnomalousBehavior.SecretsAccessed MaliciousIPCaller MaliciousIPCaller.Custom SuccessfulAnonymousAccess TorIPCaller',
      'DefenseEvasion:Kubernetes/':
        'MaliciousIPCaller MaliciousIPCaller.Custom SuccessfulAnonymousAccess TorIPCaller',
      'Discovery:Kubernetes/':
        'AnomalousBehavior.PermissionChecked MaliciousIPCaller MaliciousIPCaller.Custom SuccessfulAnonymousAccess TorIPCaller',
      'Execution:Kubernetes/':
        'AnomalousBehavior.ExecInPod AnomalousBehavior.WorkloadDeployed ExecInKubeSystemPod MaliciousFile SuspiciousFile',
      'Impact:Kubernetes/':
        'MaliciousIPCaller MaliciousIPCaller.Custom SuccessfulAnonymousAccess TorIPCaller',
      'Persistence:Kubernetes/':
        'AnomalousBehavior.WorkloadDeployed!ContainerWithSensitiveMount ContainerWithSensitiveMount MaliciousIPCaller MaliciousIPCaller.Custom SuccessfulAnonymousAccess TorIPCaller',
      'Policy:Kubernetes/':
        'AdminAccessToDefaultServiceAccount AnonymousAccessGranted ExposedDashboard KubeflowDashboardExposed',
      'PrivilegeEscalation:Kubernetes/':
        'AnomalousBehavior.RoleBindingCreated AnomalousBehavior.RoleCreated AnomalousBehavior.WorkloadDeployed!PrivilegedContainer PrivilegedContainer',
    },
  },
  {
    disposition: 'notify',
    topic: 'container',
    types: {
      'Execution:Container/': 'MaliciousFile SuspiciousFile',
      'Execution:ECS/': 'MaliciousFile SuspiciousFile',
    },
  },
  {
    disposition: 'notify',
    topic: 'database',
    types: {
      'CredentialAccess:RDS/':
        'AnomalousBehavior.FailedLogin AnomalousBehavior.SuccessfulBruteForce AnomalousBehavior.SuccessfulLogin MaliciousIPCaller.FailedLogin MaliciousIPCaller.SuccessfulLogin TorIPCaller.FailedLogin TorIPCaller.SuccessfulLogin',
      'Discovery:RDS/': 'MaliciousIPCaller TorIPCaller',
    },
  },
  {
    disposition: 'notify',
    topic: 'function',
    types: {
      'Backdoor:Lambda/': 'C&CActivity.B',
      'CryptoCurrency:Lambda/': 'BitcoinTool.B',
      'Trojan:Lambda/': 'BlackholeTraffic DropPoint',
      'UnauthorizedAccess:Lambda/': 'MaliciousIPCaller.Custom TorClient TorRelay',
    },
  },
  {
    disposition: 'notify',
    topic: 'attack-sequence',
    types: {
      'AttackSequence:EC2/': 'CompromisedInstanceGroup',
      'AttackSequence:ECS/': 'CompromisedCluster',
      'AttackSequence:EKS/': 'CompromisedCluster',
      'AttackSequence:IAM/': 'CompromisedCredentials',
      'AttackSequence:S3/': 'CompromisedData',
    },
  },
  // Custom detection rules tell of changes to settings that one account means and another does not: people judge.
  {
    disposition: 'notify',
    topic: 'custom-rule',
    types: {
      'CredentialAccess:': 'EC2/UnsecuredCredentials RDS/ModifyAuthenticationProcess',
      'DefenseImpairment:':
        'EC2/DisableOrModifyTools Organizations/DisableOrModifyTools Organizations/ModifyCloudResourceHierarchy RDS/ModifyAuthenticationProcess Route53Resolver/DisableOrModifyTools S3/DisableOrModifyTools',
      'Execution:': 'SageMaker/CommandAndScriptingInterpreter',
      'Exfiltration:':
        'EC2/TransferDataToCloudAccount RDS/TransferDataToCloudAccount S3/TransferDataToCloudAccount',
      'Impact:': 'S3/DataDestruction SES/ResourceHijacking',
      'InitialAccess:': 'IAM/ValidAccounts RDS/ExploitPublicFacingApplication',
      'LateralMovement:': 'EC2/RemoteServices',
      'Persistence:':
        'EC2/BootOrLogonInitializationScripts EC2/ExternalRemoteServices IAM/AccountManipulation Lambda/AccountManipulation Lambda/ModifyAuthenticationProcess RolesAnywhere/AccountManipulation',
      'PrivilegeEscalation:': 'IAM/AccountManipulation',
      'ResourceDevelopment:': 'SES/CompromiseAccounts',
    },
  },
  // Retired: https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_finding-types-retired.html
  {
    ...credentials,
    types: {
      'Behavior:IAMUser/': 'InstanceLaunchUnusual',
      'Persistence:IAMUser/': 'NetworkPermissions ResourcePermissions UserPermissions',
      'PrivilegeEscalation:IAMUser/': 'AdministrativePermissions',
      'Recon:IAMUser/': 'NetworkPermissions ResourcePermissions UserPermissions',
      'ResourceConsumption:IAMUser/': 'ComputeResources',
      'Stealth:IAMUser/': 'LoggingConfigurationModified',
      'UnauthorizedAccess:IAMUser/': 'ConsoleLogin InstanceCredentialExfiltration UnusualASNCaller',
    },
  },
  {
    ...bucket,
    types: {
      'Discovery:S3/': 'BucketEnumeration.Unusual',
      'Exfiltration:S3/': 'ObjectRead.Unusual',
      'Impact:S3/': 'ObjectDelete.Unusual PermissionsModification.Unusual',
    },
  },
  { ...actingInstance, types: { 'Backdoor:EC2/': 'XORDDOS', 'CryptoCurrency:EC2/': 'BitcoinTool.A' } },
  { ...attackedInstance, types: { 'UnauthorizedAccess:EC2/': 'TorIPCaller' } },
];

/** The route of each type. */
export const findingRoutes: ReadonlyMap<string, FindingRoute> = new Map(
  groups.flatMap(({ types, ...route }) =>
    Object.entries(types).flatMap(([start, ends]) =>
      ends.split(' ').map(end => [`${start}${end}`, route] as const),
    ),
  ),
);
