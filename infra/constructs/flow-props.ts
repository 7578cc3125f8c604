import type { ISecurityGroup, IVpc, SubnetSelection, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Bucket, IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Configuration } from '../config/configuration.ts';
import type { FunctionNetwork } from './function-network.ts';

/**
 * What every flow can be told. A VPC and a bucket may be CDK's classes themselves: with `exactOptionalPropertyTypes` those are
 * not what CDK's interfaces say they are.
 */
export interface FlowProps {
  /** Choices that differ from the defaults; names, units and defaults are those of `readConfiguration`. @default - none */
  readonly configuration?: Partial<Configuration>;
  /**
   * Folder with one bundle for each function: `<bundles>/<name>/index.mjs`.
   * @default - the bundles that the package brings along
   */
  readonly bundles?: string;
  /**
   * Encrypts all that the flow makes: buckets, tables, queues, its topic and log groups. Symmetric, in the stack's account
   * and region, its policy leaving the account's roles to IAM. A key of this app is told which services use it; for an
   * imported one, a warning holds each statement that its policy needs.
   * @default - a key for each kind of data is made
   */
  readonly existingKey?: IKey;
  /**
   * Takes alerts and alarms. Standard, in the stack's account and region, imported with its key where it has one. A topic
   * of this app, and its key, are told who publishes; for an imported one, warnings hold what its policies need.
   * @default - a topic is made, with `alertEmails` subscribed
   */
  readonly existingAlertTopic?: ITopic;
  /**
   * The VPC that the flow's functions run in. From there they must reach each AWS service that they call, by endpoints or
   * otherwise (docs/constructs.md).
   * @default - in no network of the account's
   */
  readonly existingVpc?: IVpc | Vpc;
  /** Where in the VPC. Only with `existingVpc`. @default - private subnets, and isolated ones where there are no others */
  readonly vpcSubnets?: SubnetSelection;
  /** Of the functions. Only with `existingVpc`. @default - one for the flow, which reaches out by HTTPS alone */
  readonly securityGroups?: readonly ISecurityGroup[];
  /** The network of the reference deployment, in place of `existingVpc`. @default - none */
  readonly network?: FunctionNetwork;
}

/**
 * The same of a flow whose functions call IAM or other regions: a VPC for them has a way out, by NAT or a transit gateway,
 * which the network of the reference deployment has not.
 */
export type OutsideFlowProps = Omit<FlowProps, 'network'>;

/** What a flow can be told that reads the objects of one bucket. */
export interface ExistingBucketChoice {
  /**
   * Where the flow's objects are, of this app or imported with its key: versioned, in the stack's account and region. Its
   * policy, lifecycle and encryption stay its owner's.
   * @default - a bucket is made, which refuses what is not encrypted under its key
   */
  readonly existingBucket?: IBucket | Bucket;
  /**
   * Whether that bucket sends its events to EventBridge already. Without it they are switched on by CDK's own resource,
   * whose function may change the notifications of buckets. Only with `existingBucket`.
   * @default false
   */
  readonly existingBucketEventBridgeEnabled?: boolean;
}
