import { type GraphNode, PartsGraph } from './parts-graph.ts';
import { isRecord, listOf, type Template } from './template-text.ts';

/** Which parts the templates make, and what each does to which other; of synthesized templates, by stack id. */
export function pipelineGraph(templates: ReadonlyMap<string, Template>): PartsGraph {
  const graph = new PartsGraph(templates);
  for (const [stack, { Resources }] of templates) {
    for (const [id, { Type, Properties = {} }] of Object.entries(Resources)) {
      connectors[Type]?.({ graph, stack, properties: Properties, own: graph.find(stack, { Ref: id }) });
      // A custom resource, of whichever type.
      const provider = graph.find(stack, Properties['ServiceToken']);
      graph.connect(graph.outside('CloudFormation'), provider, 'calls');
    }
  }
  return graph;
}

/** One resource to connect. */
interface Part {
  readonly graph: PartsGraph;
  readonly stack: string;
  readonly properties: Readonly<Record<string, unknown>>;
  /** What it is drawn as, if it is drawn itself. */
  readonly own: GraphNode | undefined;
}

const recordsOf = (value: unknown) => listOf(value).filter(isRecord);

const connectors: Readonly<Record<string, (part: Part) => void>> = {
  'AWS::S3::Bucket': connectBucket,
  'AWS::Events::Rule': connectRule,
  'AWS::IAM::Policy': connectPolicy,
  'AWS::SNS::Subscription': connectSubscription,
  'AWS::CloudWatch::Alarm': connectAlarm,
  'AWS::CloudWatch::CompositeAlarm': connectAlarm,
  'AWS::SQS::Queue': part => connectDeadLetters(part, part.own, part.properties['RedrivePolicy']),
  'AWS::Lambda::EventSourceMapping': ({ graph, stack, properties }) => {
    const queue = graph.find(stack, properties['EventSourceArn']);
    graph.connect(queue, graph.find(stack, properties['FunctionName']), 'feeds');
  },
  'AWS::ApiGateway::Method': ({ graph, stack, properties }) => {
    const api = graph.find(stack, properties['RestApiId']);
    graph.connect(api, graph.within(stack, properties['Integration'], 'function'), 'calls');
  },
  'AWS::CloudTrail::Trail': ({ graph, stack, properties, own }) => {
    graph.connect(own, graph.find(stack, properties['S3BucketName']), 'logs to');
  },
  'AWS::Config::DeliveryChannel': ({ graph, stack, properties, own }) => {
    graph.connect(own, graph.find(stack, properties['S3BucketName']), 'delivers to');
  },
  'AWS::WAFv2::WebACLAssociation': ({ graph, stack, properties }) => {
    const acl = graph.find(stack, properties['WebACLArn']);
    graph.connect(acl, graph.within(stack, properties['ResourceArn'], 'API'), 'guards');
  },
  'AWS::SecretsManager::RotationSchedule': ({ graph, stack, properties }) => {
    const secret = graph.find(stack, properties['SecretId']);
    graph.connect(secret, graph.find(stack, properties['RotationLambdaARN']), 'is rotated by');
  },
  'AWS::Backup::BackupPlan': ({ graph, stack, properties, own }) => {
    graph.connect(own, graph.within(stack, properties['BackupPlan'], 'backup vault'), 'keeps in');
  },
  'AWS::Backup::BackupSelection': ({ graph, stack, properties }) => {
    const plan = graph.find(stack, properties['BackupPlanId']);
    const [selection] = recordsOf(properties['BackupSelection']);
    for (const resource of listOf(selection?.['Resources'])) {
      graph.connect(plan, graph.find(stack, resource), 'backs up');
    }
  },
};

function connectBucket({ graph, stack, properties, own }: Part): void {
  const { NotificationConfiguration: notifications, ReplicationConfiguration: replication } = properties;
  for (const queue of isRecord(notifications) ? recordsOf(notifications['QueueConfigurations']) : []) {
    graph.connect(own, graph.find(stack, queue['Queue']), 'notifies');
  }
  for (const rule of isRecord(replication) ? recordsOf(replication['Rules']) : []) {
    const [destination] = recordsOf(rule['Destination']);
    graph.connect(own, graph.find(stack, destination?.['Bucket']), 'replicates to');
  }
}

function connectRule(part: Part): void {
  const { graph, stack, properties, own } = part;
  const { EventPattern: pattern, ScheduleExpression: schedule } = properties;
  if (schedule !== undefined) graph.connect(graph.outside(String(schedule)), own, 'fires');
  if (isRecord(pattern)) {
    const watched = graph.within(stack, pattern['detail'], 'state machine');
    const sources = listOf(pattern['source']).map(source => graph.outside(sourceName(source)));
    for (const source of watched === undefined ? sources : [watched]) {
      graph.connect(source, own, 'is seen by');
    }
  }
  for (const target of recordsOf(properties['Targets'])) {
    graph.connect(own, graph.find(stack, target['Arn']), 'passes to');
    const [letters] = recordsOf(target['DeadLetterConfig']);
    graph.connect(own, graph.find(stack, letters?.['Arn']), 'gives up to');
  }
}

/** A source of events, or `aws.*` for all that begin so. */
function sourceName(source: unknown): string {
  return isRecord(source) && source['prefix'] !== undefined ? `${String(source['prefix'])}*` : String(source);
}

function connectDeadLetters({ graph, stack }: Part, from: GraphNode | undefined, redrive: unknown): void {
  const [policy] = recordsOf(redrive);
  graph.connect(from, graph.find(stack, policy?.['deadLetterTargetArn']), 'gives up to');
}

function connectSubscription(part: Part): void {
  const { graph, stack, properties } = part;
  const topic = graph.find(stack, properties['TopicArn']);
  const byMail = properties['Protocol'] === 'email';
  graph.connect(topic, byMail ? graph.outside('e-mail') : graph.find(stack, properties['Endpoint']), 'tells');
  connectDeadLetters(part, topic, properties['RedrivePolicy']);
}

function connectAlarm({ graph, stack, properties }: Part): void {
  for (const action of listOf(properties['AlarmActions'])) {
    graph.connect(graph.alarmsOf(stack), graph.find(stack, action), 'tell');
  }
}

/** What roles may do, by the kind of what they may do it to: verbs, each with the actions that it stands for. */
const verbs: Readonly<Record<string, readonly (readonly [verb: string, actions: RegExp])[]>> = {
  bucket: [
    ['writes', /^s3:(Put|Delete)Object/],
    ['reads', /^s3:GetObject/],
  ],
  table: [
    ['writes', /^dynamodb:(Put|Update|Delete|BatchWrite)Item$/],
    ['reads', /^dynamodb:(Get|BatchGet)Item$|^dynamodb:(Query|Scan)$/],
  ],
  topic: [['announces', /^sns:Publish$/]],
  queue: [['sends', /^sqs:SendMessage$/]],
  function: [['invokes', /^lambda:InvokeFunction$/]],
  'state machine': [['starts', /^states:StartExecution$/]],
  secret: [
    ['writes', /^secretsmanager:(Put|Update)/],
    ['reads', /^secretsmanager:GetSecretValue$/],
  ],
};

function connectPolicy({ graph, stack, properties }: Part): void {
  const [document] = recordsOf(properties['PolicyDocument']);
  const holders = graph.actingIn(stack, properties['Roles']);
  for (const statement of recordsOf(document?.['Statement'])) {
    if (statement['Effect'] !== 'Allow') continue;
    const actions = listOf(statement['Action']).map(String);
    for (const node of listOf(statement['Resource']).map(resource => graph.find(stack, resource))) {
      for (const verb of verbsOf(actions, node)) {
        for (const holder of holders) graph.connect(holder, node, verb);
      }
    }
  }
}

const verbsOf = (actions: readonly string[], node: GraphNode | undefined): string[] =>
  (verbs[node?.kind ?? ''] ?? [])
    .filter(([, allowing]) => actions.some(action => allowing.test(action)))
    .map(([verb]) => verb);
