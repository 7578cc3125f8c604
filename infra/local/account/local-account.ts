import { createApiGatewayService } from './api-gateway.ts';
import { createAutoScalingService, LocalAutoScaling } from './auto-scaling.ts';
import { createCloudTrailService } from './cloudtrail.ts';
import { createCloudWatchLogsService, LocalLogGroups } from './cloudwatch-logs.ts';
import { createEc2Service } from './ec2.ts';
import { createElasticLoadBalancingService, LocalLoadBalancing } from './elastic-load-balancing.ts';
import { createIamService, LocalIam } from './iam.ts';
import { createKmsService } from './kms.ts';
import { LocalApiKeys } from './local-api-keys.ts';
import { LocalEc2 } from './local-ec2.ts';
import { LocalKeys } from './local-keys.ts';
import { LocalSecrets } from './local-secrets.ts';
import type { LocalService } from './local-service.ts';
import { LocalTrailKeys } from './local-trail-keys.ts';
import { createS3ControlService, LocalBucketsOfAccount } from './s3-control.ts';
import { createSecretsManagerService } from './secrets-manager.ts';
import { createSecurityHubService, LocalFindings } from './security-hub.ts';
import { createStsService, type StsOptions } from './sts.ts';

/** What the emulated account holds, service by service, beside what the emulators and the local S3 keep. */
export class LocalAccount {
  readonly keys: LocalKeys;
  readonly secrets: LocalSecrets;
  readonly apiKeys = new LocalApiKeys();
  readonly logGroups: LocalLogGroups;
  /** What holds for all buckets of the account. */
  readonly buckets: LocalBucketsOfAccount;
  /** What Security Hub was given. */
  readonly findings = new LocalFindings();
  /** What CloudTrail signs digests with. */
  readonly trailKeys = new LocalTrailKeys();
  readonly iam: LocalIam;
  /** Of the one region that there is, as is what scales and balances. */
  readonly ec2 = new LocalEc2();
  readonly autoScaling = new LocalAutoScaling();
  readonly loadBalancing = new LocalLoadBalancing();
  /** By the name in the credential scope, as the gateway has them. */
  readonly services: Readonly<Record<string, LocalService>>;

  /** @param options Of STS: who calls, and who hears of each session of a role that begins. */
  constructor(accountId: string, options: Pick<StsOptions, 'onSession' | 'principalOf'> = {}) {
    this.keys = new LocalKeys(accountId);
    this.secrets = new LocalSecrets(accountId);
    this.logGroups = new LocalLogGroups(accountId);
    this.buckets = new LocalBucketsOfAccount(accountId);
    this.iam = new LocalIam(accountId);
    const { ec2, autoScaling, loadBalancing, trailKeys } = this;
    this.services = {
      kms: createKmsService(this.keys),
      secretsmanager: createSecretsManagerService(this.secrets),
      apigateway: createApiGatewayService(this.apiKeys),
      cloudtrail: createCloudTrailService(trailKeys),
      logs: createCloudWatchLogsService(this.logGroups),
      's3-control': createS3ControlService(this.buckets),
      securityhub: createSecurityHubService(this.findings),
      sts: createStsService({ ...options, accountId }),
      iam: createIamService(this.iam),
      ec2: createEc2Service(ec2),
      autoscaling: createAutoScalingService(autoScaling, ec2, loadBalancing),
      elasticloadbalancing: createElasticLoadBalancingService(loadBalancing, ec2),
    };
  }
}
