import { Aws } from 'aws-cdk-lib';

/** A service that the functions of a network reach through an endpoint. */
export interface EndpointService {
  /** `gateway`: routes, free of charge. `interface`: a network interface in each subnet, with the service's own DNS name. */
  readonly kind: 'gateway' | 'interface';
  /** Last part of the endpoint's service name, `com.amazonaws.<region>.<name>`. */
  readonly name: string;
  /** Names are taken worldwide and ARNs name no account: a pattern fits what strangers name, and who owns it is asked as well. */
  readonly sharesNames?: true;
  /** ARNs of what a deployment has there. */
  readonly resources: (environmentName: string) => readonly string[];
}

const place = `${Aws.REGION}:${Aws.ACCOUNT_ID}`;
const arn = (rest: string) => `arn:${Aws.PARTITION}:${rest}`;
const named = (environmentName: string) => `sallyport-*-${environmentName}`;

/**
 * By the prefix of a service's actions in IAM: its endpoint (AWS PrivateLink Guide, "AWS services that integrate with AWS
 * PrivateLink", "Gateway endpoints") and the resources that the endpoint lets through.
 */
const endpointServices = {
  s3: {
    kind: 'gateway',
    name: 's3',
    sharesNames: true,
    resources: environment => {
      const buckets = arn(`s3:::${named(environment)}-${Aws.ACCOUNT_ID}`);
      return [buckets, `${buckets}/*`];
    },
  },
  dynamodb: {
    kind: 'gateway',
    name: 'dynamodb',
    resources: environment => {
      const tables = arn(`dynamodb:${place}:table/${named(environment)}`);
      return [tables, `${tables}/index/*`];
    },
  },
  // The ids of API keys and stages are API Gateway's to choose.
  apigateway: {
    kind: 'interface',
    name: 'apigateway',
    resources: () => [arn(`apigateway:${Aws.REGION}::/*`)],
  },
  // The ids of keys are KMS's to choose: each role names its own.
  kms: { kind: 'interface', name: 'kms', resources: () => [arn(`kms:${place}:key/*`)] },
  lambda: {
    kind: 'interface',
    name: 'lambda',
    resources: environment => [arn(`lambda:${place}:function:${named(environment)}`)],
  },
  // Secrets Manager adds six characters of its own to the name.
  secretsmanager: {
    kind: 'interface',
    name: 'secretsmanager',
    resources: environment => [arn(`secretsmanager:${place}:secret:${named(environment)}-??????`)],
  },
  sns: {
    kind: 'interface',
    name: 'sns',
    resources: environment => [arn(`sns:${place}:${named(environment)}`)],
  },
  sqs: {
    kind: 'interface',
    name: 'sqs',
    resources: environment => [arn(`sqs:${place}:${named(environment)}`)],
  },
  states: {
    kind: 'interface',
    name: 'states',
    resources: environment => [
      arn(`states:${place}:stateMachine:${named(environment)}`),
      arn(`states:${place}:execution:${named(environment)}:*`),
    ],
  },
} satisfies Record<string, EndpointService>;

/** Prefix, in IAM, of a service that a network can have an endpoint for. */
export type EndpointPrefix = keyof typeof endpointServices;

/**
 * The endpoint of a service, by the prefix of its actions in IAM.
 *
 * @throws Error at a prefix that nobody has decided about.
 */
export function endpointServiceOf(prefix: string): EndpointService {
  const service = Object.entries(endpointServices).find(([known]) => known === prefix);
  if (service !== undefined) return service[1];
  throw new Error(
    `No endpoint is known for the service "${prefix}". Add its endpoint to infra/constructs/endpoint-services.ts; ` +
      'if Lambda makes the call and not the function, the action to infra/constructs/called-actions.ts; and where AWS ' +
      'has no endpoint for it in the region, let the function run in no network.',
  );
}
