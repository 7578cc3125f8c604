import { ArnFormat, Aws, CrossStackReferences, Fn, ReferenceStrength, Stack, Validations } from 'aws-cdk-lib';
import {
  CfnFlowLog,
  GatewayVpcEndpoint,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpoint,
  InterfaceVpcEndpointAwsService,
  IpAddresses,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { AnyPrincipal, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledgeInlinePolicy } from './acknowledge-inline-policy.ts';
import { type CalledAction, calledActions } from './called-actions.ts';
import { ConfiguredParts } from './configured-parts.ts';
import { DefaultGroupCloser } from './default-group-closer.ts';
import { encryptedLogGroup } from './encrypted-log-group.ts';
import { type EndpointPrefix, endpointServiceOf } from './endpoint-services.ts';
import type { FlowProps } from './flow-props.ts';
import type { FunctionNetwork } from './function-network.ts';
import { LambdaService } from './lambda-service.ts';
import { pinLogicalId } from './pin-logical-id.ts';

export interface IsolatedNetworkProps extends Pick<FlowProps, 'configuration'> {
  /**
   * ARNs of what functions inside reach beside the deployment's own, whose names begin with `sallyport-` and end in the
   * environment's: of existing buckets and topics, for example; by the prefix of the service's actions in IAM.
   * @default - nothing
   */
  readonly otherResources?: Partial<Readonly<Record<EndpointPrefix, readonly string[]>>>;
}

/**
 * What functions inside may call in any case: the network has endpoints for these services whether or not a function of
 * the deployment calls them.
 */
const standingCalls: readonly CalledAction[] = [
  'dynamodb:GetItem',
  'kms:Decrypt',
  'kms:GenerateDataKey',
  'lambda:InvokeFunction',
  's3:GetObject',
  'secretsmanager:GetSecretValue',
].map(action => ({ action, onNamedResources: true }));

/**
 * A VPC without a way to the internet, in or out: isolated subnets in three zones or more, endpoints for the services that
 * the functions inside call, flow logs of all traffic, and a default security group without rules. Give it to flows as
 * their `network`; when they are built, `addEndpoints`.
 */
export class IsolatedNetwork extends Construct implements FunctionNetwork {
  readonly vpc: Vpc;
  readonly securityGroups: readonly SecurityGroup[];
  readonly endpointGroup: SecurityGroup;
  readonly flowLogs: LogGroup;
  private readonly parts: ConfiguredParts;
  private readonly otherResources: NonNullable<IsolatedNetworkProps['otherResources']>;
  private readonly reachable = new Set<string>();

  constructor(scope: Construct, id: string, props: IsolatedNetworkProps = {}) {
    super(scope, id);
    this.parts = new ConfiguredParts(this, 'network', props);
    this.otherResources = props.otherResources ?? {};
    const { environmentName, configuration, logsKey } = this.parts;
    this.vpc = new Vpc(this, 'Vpc', {
      vpcName: `sallyport-network-${environmentName}`,
      ipAddresses: IpAddresses.cidr(configuration.networkAddresses),
      availabilityZones: zonesOf(configuration.availabilityZones),
      subnetConfiguration: [{ name: 'Isolated', subnetType: SubnetType.PRIVATE_ISOLATED }],
      createInternetGateway: false,
      natGateways: 0,
      restrictDefaultSecurityGroup: true,
    });
    new DefaultGroupCloser(this, 'DefaultGroupCloser', {
      vpc: this.vpc,
      environmentName,
      logsKey,
      logRetentionDays: configuration.logRetentionDays,
    });
    pinLogicalId(this.vpc, 'Network');
    for (const [place, subnet] of this.vpc.isolatedSubnets.entries()) {
      pinLogicalId(subnet, `NetworkSubnet${place + 1}`);
      if (configuration.availabilityZones.length > 0) {
        Validations.of(subnet).acknowledge({
          id: 'CloudFormation-Validate::W3010',
          reason: 'The zones are named in the configuration, by whoever deploys into them.',
        });
      }
    }
    const functions = this.addGroup('functions', 'functions, out by HTTPS alone');
    // The addresses of S3 and DynamoDB stand in prefix lists whose ids a template does not know; no route leads elsewhere.
    functions.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'AWS services, through the endpoints');
    this.securityGroups = [functions];
    this.endpointGroup = this.addGroup('endpoints', 'endpoints, in from the functions alone');
    this.endpointGroup.addIngressRule(functions, Port.tcp(443), 'The functions');
    this.flowLogs = this.addFlowLogs();
    for (const exported of [...this.vpc.isolatedSubnets, functions]) {
      // CloudFormation then refuses to delete what another stack's functions stand in (docs/decisions/0008).
      CrossStackReferences.of(exported).produce(ReferenceStrength.STRONG);
    }
    this.node.addValidation({ validate: () => this.unreachable() });
  }

  /**
   * Adds an endpoint for each service that the functions inside call, by what their roles allow, and lets through what
   * those roles name, on the deployment's own resources. Once, when all that runs inside is built and granted.
   *
   * @throws Error where a function inside may call a service that no endpoint is known for.
   */
  addEndpoints(): void {
    const calls = [...standingCalls, ...this.callsInside()];
    for (const prefix of prefixesOf(calls)) {
      const service = endpointServiceOf(prefix);
      const id = `${prefix.slice(0, 1).toUpperCase()}${prefix.slice(1)}Endpoint`;
      const endpoint =
        service.kind === 'gateway'
          ? new GatewayVpcEndpoint(this, id, {
              vpc: this.vpc,
              service: new GatewayVpcEndpointAwsService(service.name),
            })
          : new InterfaceVpcEndpoint(this, id, {
              vpc: this.vpc,
              service: new InterfaceVpcEndpointAwsService(service.name),
              subnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
              securityGroups: [this.endpointGroup],
              open: false,
              privateDnsEnabled: true,
            });
      for (const statement of this.letThrough(prefix, calls)) endpoint.addToPolicy(statement);
      this.reachable.add(prefix);
    }
  }

  private callsInside(): readonly CalledAction[] {
    return calledActions(
      this.node.root.node
        .findAll()
        .filter(construct => construct instanceof LambdaService)
        .filter(({ network }) => network === this),
    );
  }

  /** What an endpoint's policy allows: named actions of this account's roles. */
  private letThrough(prefix: string, calls: readonly CalledAction[]): PolicyStatement[] {
    const { resources, sharesNames } = endpointServiceOf(prefix);
    const others = Object.entries(this.otherResources).find(([other]) => other === prefix)?.[1] ?? [];
    const called = calls.filter(({ action }) => action.startsWith(`${prefix}:`));
    const allow = (sid: string, onNamedResources: boolean, on: readonly string[], owner = {}) => {
      const actions = called
        .filter(call => call.onNamedResources === onNamedResources)
        .map(({ action }) => action);
      if (actions.length === 0 || on.length === 0) return [];
      return [
        new PolicyStatement({
          sid,
          principals: [new AnyPrincipal()],
          actions: [...new Set(actions)].sort(),
          resources: [...on],
          conditions: { StringEquals: { 'aws:PrincipalAccount': Aws.ACCOUNT_ID, ...owner } },
        }),
      ];
    };
    return [
      ...allow(
        'OurResources',
        true,
        resources(this.parts.environmentName),
        sharesNames ? { 'aws:ResourceAccount': Aws.ACCOUNT_ID } : {},
      ),
      // Whoever names them may name those of another account.
      ...allow('OtherResources', true, others),
      ...allow('NoResourceToName', false, ['*']),
    ];
  }

  /** What functions inside may call and cannot reach: such a call would wait for an answer until it times out. */
  private unreachable(): string[] {
    return prefixesOf(this.callsInside())
      .filter(prefix => !this.reachable.has(prefix))
      .map(
        prefix =>
          `Functions inside may call "${prefix}", which the network has no endpoint for: call addEndpoints once all of them are built.`,
      );
  }

  private addGroup(purpose: string, description: string): SecurityGroup {
    const { environmentName } = this.parts;
    return new SecurityGroup(this, `${purpose.slice(0, 1).toUpperCase()}${purpose.slice(1)}Group`, {
      vpc: this.vpc,
      securityGroupName: `sallyport-${purpose}-${environmentName}`,
      description: `Sallyport ${environmentName}: ${description}`,
      allowAllOutbound: false,
    });
  }

  /** VPC Flow Logs User Guide, "Publish flow logs to CloudWatch Logs". */
  private addFlowLogs(): LogGroup {
    const { environmentName, configuration, logsKey } = this.parts;
    const logGroup = encryptedLogGroup(this, 'FlowLogs', {
      logGroupName: `/sallyport/network-flow-${environmentName}`,
      encryptionKey: logsKey,
      retention: configuration.flowLogRetentionDays,
    });
    const role = new Role(this, 'FlowLogRole', {
      assumedBy: new ServicePrincipal('vpc-flow-logs.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
          ArnLike: {
            'aws:SourceArn': Stack.of(this).formatArn({
              service: 'ec2',
              resource: 'vpc-flow-log',
              resourceName: '*',
              arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
            }),
          },
        },
      }),
      description: `Sallyport ${environmentName}: what the network's flow logs may do`,
    });
    acknowledgeInlinePolicy(role);
    role.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
    );
    const flowLog = new CfnFlowLog(this, 'FlowLog', {
      resourceId: this.vpc.vpcId,
      resourceType: 'VPC',
      trafficType: 'ALL',
      logDestinationType: 'cloud-watch-logs',
      logGroupName: logGroup.logGroupName,
      deliverLogsPermissionArn: role.roleArn,
    });
    flowLog.node.addDependency(role);
    return logGroup;
  }
}

/** The named zones, or the first three that the account has where the stack is deployed. */
export function zonesOf(named: readonly string[]): string[] {
  return named.length > 0 ? [...named] : [0, 1, 2].map(place => Fn.select(place, Fn.getAzs()));
}

/** The services of actions, by their prefix in IAM, in order. */
function prefixesOf(calls: readonly CalledAction[]): string[] {
  return [...new Set(calls.map(({ action }) => action.slice(0, action.indexOf(':'))))].sort();
}
