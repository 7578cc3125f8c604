import { runSimulation } from '@cloud-copilot/iam-simulate';
import { render, resourcesOf, type SynthesizedStack } from './synthesized-stack.ts';

export const account = '111122223333';
export const region = 'eu-central-1';

/** One call as IAM sees it. */
export interface RoleCall {
  /** For example `ec2:CreateTags`. */
  readonly action: string;
  readonly resource: string;
  /** Values of condition keys; those of the request's region and account stand there already. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
  /** What the resource's own policy says; KMS asks it always. @defaultValue it has none */
  readonly resourcePolicy?: object;
}

/** A policy of the template, the test's account in place of what only a deployment knows. */
export function deployedPolicy(document: unknown): object {
  const text = JSON.stringify(render(document))
    .replaceAll('<AWS::Partition>', 'aws')
    .replaceAll('<AWS::Region>', region)
    .replaceAll('<AWS::AccountId>', account)
    .replaceAll('<AWS::URLSuffix>', 'amazonaws.com')
    .replaceAll(/<(\w*Role\w*)\.Arn>/g, `arn:aws:iam::${account}:role/$1`)
    .replaceAll(/<(\w*Bucket)\.Arn>/g, 'arn:aws:s3:::$1')
    .replaceAll(/<(\w*Table)\.Arn>/g, `arn:aws:dynamodb:${region}:${account}:table/$1`)
    .replaceAll(/<(\w*Queue)\.Arn>/g, `arn:aws:sqs:${region}:${account}:$1`)
    .replaceAll(/<(\w*Function\w*)\.Arn>/g, `arn:aws:lambda:${region}:${account}:function:$1`)
    // Of this stack, or of another.
    .replaceAll(/<(?:[\w-]+:)?(\w*Key)\.?Arn>/g, `arn:aws:kms:${region}:${account}:key/$1`)
    .replaceAll(/<([\w:-]+)(\.Arn)?>/g, `arn:aws:sns:${region}:${account}:$1`);
  return JSON.parse(text) as object;
}

/** The account that an ARN names; of a bucket, which names none, the test's. */
const accountOf = (arn: string) => arn.split(':')[4] || account;

/**
 * Asks IAM's rules, as @cloud-copilot/iam-simulate knows them, what the role whose description ends in the given words
 * may do: by its own policies and by that of the resource. Rejects where a policy or a call is none that IAM takes.
 */
export function simulateRole(stack: SynthesizedStack, words: string) {
  const role = resourcesOf(stack, 'AWS::IAM::Role').find(([, { Properties }]) =>
    String(Properties['Description']).endsWith(words),
  );
  if (role === undefined) throw new Error(`The template has no role "${words}".`);
  const [roleId, { Properties: properties }] = role;
  const identityPolicies = resourcesOf(stack, 'AWS::IAM::Policy')
    .filter(([, { Properties }]) => (render(Properties['Roles']) as string[]).includes(`<${roleId}>`))
    .map(([name, { Properties }]) => ({
      name,
      policy: deployedPolicy(Properties['PolicyDocument']),
    }));
  const { RoleName: roleName } = properties;
  // A name that only a deployment knows stands for itself as it does where policies refer to the role.
  const principal = `arn:aws:iam::${account}:role/${typeof roleName === 'string' ? roleName : roleId}`;

  /** `Allowed`, `ImplicitlyDenied` or `ExplicitlyDenied`. */
  const ask = async ({ action, resource, context = {}, resourcePolicy }: RoleCall): Promise<string> => {
    const outcome = await runSimulation(
      {
        request: {
          principal,
          action,
          resource: { resource, accountId: accountOf(resource) },
          contextVariables: {
            'aws:PrincipalArn': principal,
            'aws:RequestedRegion': region,
            'aws:ResourceAccount': account,
            ...Object.fromEntries(
              Object.entries(context).map(([key, value]) => [
                key,
                typeof value === 'string' ? value : [...value],
              ]),
            ),
          },
        },
        identityPolicies,
        serviceControlPolicies: [],
        resourceControlPolicies: [],
        ...(resourcePolicy === undefined ? {} : { resourcePolicy }),
      },
      {},
    );
    if (outcome.resultType === 'error') {
      throw new Error(`${action} on ${resource}: ${JSON.stringify(outcome.errors)}`);
    }
    return outcome.overallResult;
  };
  return { ask, principal, policies: identityPolicies.map(({ policy }) => policy) };
}
