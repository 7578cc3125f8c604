import {
  ArnFormat,
  Aws,
  DefaultTokenResolver,
  type IPostProcessor,
  type IResolvable,
  type IResolveContext,
  Reference,
  Stack,
  StringConcat,
  Token,
  Tokenization,
} from 'aws-cdk-lib';
import { CfnAlarm, CfnCompositeAlarm, type IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IConstruct } from 'constructs';

type AlarmResource = CfnAlarm | CfnCompositeAlarm;

/** What binds CloudWatch to the alarms of these names, of the stack's account and region. */
export function alarmsNamed(scope: IConstruct, namePattern: string): Record<string, Record<string, string>> {
  return {
    StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
    ArnLike: {
      'aws:SourceArn': Stack.of(scope).formatArn({
        service: 'cloudwatch',
        resource: 'alarm',
        resourceName: namePattern,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    },
  };
}

/** The name that an alarm of this app was given; none where CloudFormation or somebody else names it. */
export function givenName({ node: { defaultChild } }: IAlarm): string | undefined {
  return isAlarm(defaultChild) ? literalNameOf(defaultChild) : undefined;
}

/** Whether `ArnLike` takes the name for one of the pattern (IAM User Guide, "IAM JSON policy elements: Condition operators"). */
export function matches(pattern: string, name: string): boolean {
  const literal = (text: string) => text.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal(pattern).replaceAll('*', '.*').replaceAll('?', '.')}$`, 's').test(name);
}

/** What is wrong with the alarms of this app that are to publish to the topic, and that its policies do not let in. */
export function unheardAlarms(topic: ITopic, allowed: ReadonlySet<string>): string[] {
  return topic.node.root.node
    .findAll()
    .filter(isAlarm)
    .filter(alarm => ![...allowed].some(pattern => matches(pattern, likelyNameOf(alarm))))
    .filter(alarm => acts(alarm, topic))
    .map(
      alarm =>
        `${alarm.node.path} publishes to ${topic.node.path}, whose policies do not let it in, and nobody would hear of it: give it an alarmName and announce it through the AlertTopic, or call allowAlarms with a pattern of its name there.`,
    );
}

/** Gathers what a value refers to. By the text of a reference alone, topics of two stacks may be the same. */
class TargetsOfReferences extends DefaultTokenResolver {
  readonly found = new Set<IConstruct>();

  constructor() {
    super(new StringConcat());
  }

  override resolveToken(
    token: IResolvable,
    context: IResolveContext,
    postProcessor: IPostProcessor,
  ): unknown {
    if (Reference.isReference(token)) this.found.add(token.target);
    return super.resolveToken(token, context, postProcessor);
  }
}

function acts(alarm: AlarmResource, { node: { defaultChild } }: ITopic): boolean {
  const { alarmActions, okActions, insufficientDataActions } = alarm;
  const resolver = new TargetsOfReferences();
  Tokenization.resolve([alarmActions, okActions, insufficientDataActions], {
    scope: alarm,
    resolver,
    preparing: false,
  });
  return defaultChild !== undefined && resolver.found.has(defaultChild);
}

/** A name that CloudFormation makes is the stack's, the alarm's logical id and letters (CloudFormation User Guide, "Name type"). */
function likelyNameOf(alarm: AlarmResource): string {
  const stack = Stack.of(alarm);
  const id = String(stack.resolve(alarm.logicalId));
  return literalNameOf(alarm) ?? `${stack.stackName}-${id}-XXXXXXXXXXXX`;
}

function literalNameOf({ alarmName }: AlarmResource): string | undefined {
  return alarmName === undefined || Token.isUnresolved(alarmName) ? undefined : alarmName;
}

function isAlarm(found: IConstruct | undefined): found is AlarmResource {
  return found instanceof CfnAlarm || found instanceof CfnCompositeAlarm;
}
