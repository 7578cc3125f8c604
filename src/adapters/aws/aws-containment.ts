import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { S3Client } from '@aws-sdk/client-s3';
import type {
  Containment,
  ContainmentAnswer,
  ContainmentCall,
  ContainmentMarks,
  ContainmentState,
  ContainmentTarget,
  StateOf,
} from '../../ports/containment.ts';
import { PortError } from '../../ports/failure.ts';
import { translateContainmentFailure } from './containment/containment-failure.ts';
import { observeBucket } from './containment/observe-bucket.ts';
import { observeInstance } from './containment/observe-instance.ts';
import { observeRole, observeUser } from './containment/observe-principal.ts';
import { otherAccountState } from './containment/other-account-state.ts';
import { sendCall } from './containment/send-call.ts';
import { faultOf } from './containment/send-once.ts';

/** The clients of one region. */
export interface ContainmentClients {
  readonly ec2: EC2Client;
  readonly autoScaling: AutoScalingClient;
  readonly loadBalancing: ElasticLoadBalancingV2Client;
  readonly s3: S3Client;
}

export interface AwsContainmentOptions {
  /** Asked for before each use; whoever gives the clients keeps them. */
  readonly clientsOf: (region: string) => ContainmentClients;
  readonly iam: IAMClient;
  /** The account that the clients' credentials are of. What is another account's is not looked at. */
  readonly account: string;
}

const operation = 'Containment.perform';

/**
 * Containment by the services' own calls.
 *
 * To observe it needs `ec2:DescribeInstances`, `ec2:DescribeInstanceAttribute`, `ec2:DescribeSnapshots`,
 * `ec2:DescribeSecurityGroups`, `autoscaling:DescribeAutoScalingInstances`, `autoscaling:DescribeAutoScalingGroups`,
 * `elasticloadbalancing:DescribeTargetGroups`, `elasticloadbalancing:DescribeTargetHealth`, `iam:GetUser`,
 * `iam:GetUserPolicy`, `iam:ListAccessKeys`, `iam:GetRole`, `iam:GetRolePolicy`, `s3:GetBucketTagging`,
 * `s3:GetBucketPublicAccessBlock` and `s3:GetBucketPolicy`; to perform, what each call is named (of S3,
 * `s3:PutBucketPublicAccessBlock` for both calls of the block).
 *
 * EC2 and IAM are eventually consistent: what a call has done may be observed some seconds later only, so whoever waits
 * for an effect observes again. Snapshots that failed count as none. A call whose effect is unknown is not sent a second
 * time, whatever the client's retries: it fails as `retryable`, and what is observed then tells.
 * https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
 *
 * @example
 * new AwsContainment({ clientsOf: region => clientsByRegion(region), iam: new IAMClient(), account: '111122223333' });
 */
export class AwsContainment implements Containment {
  readonly #clientsOf: (region: string) => ContainmentClients;
  readonly #iam: IAMClient;
  readonly #account: string;

  constructor(options: AwsContainmentOptions) {
    this.#clientsOf = options.clientsOf;
    this.#iam = options.iam;
    this.#account = options.account;
  }

  async observe<Target extends ContainmentTarget>(
    target: Target,
    marks: ContainmentMarks,
  ): Promise<StateOf<Target>> {
    return (await this.#observe(target, marks)) as StateOf<Target>;
  }

  async perform({ api, region, input }: ContainmentCall): Promise<ContainmentAnswer> {
    const clients = { ...this.#clientsOf(region), iam: this.#iam };
    const { $metadata, UnknownIpPermissions } = await sendCall(api, clients, input).catch(
      (error: unknown) => {
        throw translateContainmentFailure(faultOf(error), operation, api);
      },
    );
    // In a default VPC, "no error is returned" for a rule that is not there: RevokeSecurityGroupIngress.
    if (UnknownIpPermissions !== undefined && UnknownIpPermissions.length > 0) {
      const code = 'InvalidPermission.NotFound';
      const message = `${operation} on ${api} failed: ${code}`;
      throw new PortError({ kind: 'not-found', operation, code, message });
    }
    const { requestId } = $metadata;
    return requestId === undefined ? {} : { requestId };
  }

  async #observe(target: ContainmentTarget, marks: ContainmentMarks): Promise<ContainmentState> {
    if (target.account !== this.#account) return otherAccountState(target);
    switch (target.kind) {
      case 'instance':
        return observeInstance(target.instanceId, marks, this.#clientsOf(target.region));
      case 'user':
        return observeUser(target, marks, this.#iam);
      case 'role':
        return observeRole(target.roleName, marks, this.#iam);
      case 'bucket':
        return observeBucket(target.bucket, this.#account, this.#clientsOf(target.region).s3);
    }
  }
}
