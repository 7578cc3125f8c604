import { createAutoScalingService, LocalAutoScaling } from './auto-scaling.ts';
import { createEc2Service } from './ec2.ts';
import { createElasticLoadBalancingService, LocalLoadBalancing } from './elastic-load-balancing.ts';
import { createIamService, LocalIam } from './iam.ts';
import { LocalEc2 } from './local-ec2.ts';
import type { LocalService } from './local-service.ts';

/** What the emulated account holds, service by service, beside what the emulators and the local S3 keep. */
export class LocalAccount {
  readonly ec2 = new LocalEc2();
  readonly autoScaling = new LocalAutoScaling();
  readonly loadBalancing = new LocalLoadBalancing();
  readonly iam: LocalIam;
  /** By the name in the credential scope, as the gateway has them. */
  readonly services: Readonly<Record<string, LocalService>>;

  constructor(options: { readonly accountId: string }) {
    this.iam = new LocalIam(options.accountId);
    const { ec2, autoScaling, loadBalancing, iam } = this;
    this.services = {
      ec2: createEc2Service(ec2),
      autoscaling: createAutoScalingService(autoScaling, ec2, loadBalancing),
      elasticloadbalancing: createElasticLoadBalancingService(loadBalancing, ec2),
      iam: createIamService(iam),
    };
  }
}
