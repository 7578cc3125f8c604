import { environments } from '../config/configuration.ts';
import { listOf, type Template, type TemplateResource, textOf } from './template-text.ts';

/** What is drawn of the templates, and how its physical name is told. */
const kinds: Readonly<Record<string, { readonly kind: string; readonly name?: string }>> = {
  'AWS::S3::Bucket': { kind: 'bucket', name: 'BucketName' },
  'AWS::DynamoDB::Table': { kind: 'table', name: 'TableName' },
  'AWS::SQS::Queue': { kind: 'queue', name: 'QueueName' },
  'AWS::SNS::Topic': { kind: 'topic', name: 'TopicName' },
  'AWS::Lambda::Function': { kind: 'function', name: 'FunctionName' },
  'AWS::StepFunctions::StateMachine': { kind: 'state machine', name: 'StateMachineName' },
  'AWS::Events::Rule': { kind: 'rule', name: 'Name' },
  'AWS::ApiGateway::RestApi': { kind: 'API', name: 'Name' },
  'AWS::CloudTrail::Trail': { kind: 'trail', name: 'TrailName' },
  'AWS::WAFv2::WebACL': { kind: 'web ACL', name: 'Name' },
  'AWS::SecretsManager::Secret': { kind: 'secret', name: 'Name' },
  'AWS::Config::DeliveryChannel': { kind: 'Config channel', name: 'Name' },
  'AWS::GuardDuty::Detector': { kind: 'detector' },
  'AWS::Backup::BackupPlan': { kind: 'backup plan' },
  'AWS::Backup::BackupVault': { kind: 'backup vault', name: 'BackupVaultName' },
};

export interface GraphNode {
  /** Of this node alone, and a word in Mermaid. */
  readonly id: string;
  /** For example `bucket`; `outside` for what no template makes. */
  readonly kind: string;
  /** Without what all names have in common: product, environment and account. */
  readonly label: string;
  /** The stack that makes it; absent for what none does. */
  readonly stack?: string;
  /** Whether it runs in the isolated subnets. */
  readonly inNetwork: boolean;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** What the one does to the other: `reads`, `notifies`. */
  readonly verb: string;
}

/** The parts that templates make, found by whatever names them, and what each does to which other. */
export class PartsGraph {
  private readonly templates: ReadonlyMap<string, Template>;
  private readonly known = new Map<string, GraphNode>();
  /** By `<stack.LogicalId>`. */
  private readonly byReference = new Map<string, GraphNode>();
  /** By physical name, as `textOf` tells it. */
  private readonly byName = new Map<string, GraphNode[]>();
  /** What one node does to another, by both ids. */
  private readonly verbs = new Map<string, Set<string>>();

  /** @param templates Synthesized, by stack id. */
  constructor(templates: ReadonlyMap<string, Template>) {
    this.templates = templates;
    for (const [stack, { Resources }] of templates) {
      for (const [id, resource] of Object.entries(Resources)) this.addPart(stack, id, resource);
    }
  }

  get nodes(): ReadonlyMap<string, GraphNode> {
    return this.known;
  }

  /** One edge between any two nodes, in the order of their ids. */
  get edges(): readonly GraphEdge[] {
    return [...this.verbs]
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([ends, verbs]) => {
        const [from = '', to = ''] = ends.split(' ');
        return { from, to, verb: [...verbs].toSorted().join(', ') };
      });
  }

  connect(from: GraphNode | undefined, to: GraphNode | undefined, verb: string): void {
    if (from === undefined || to === undefined) return;
    const ends = `${from.id} ${to.id}`;
    this.verbs.set(ends, (this.verbs.get(ends) ?? new Set()).add(verb));
  }

  /** The node that a reference, an ARN or a name stands for, an ARN of its objects or versions included. */
  find(stack: string, value: unknown): GraphNode | undefined {
    const text = this.text(stack, value);
    if (text === '') return undefined;
    const referenced = this.byReference.get(/^<[^>]+>/.exec(text)?.[0] ?? '');
    if (referenced !== undefined) return referenced;
    const [, , service = ''] = text.split(':');
    const named = this.byName.get(text.startsWith('arn:') ? nameInArn(text) : text) ?? [];
    return named.find(({ kind }) => (serviceKinds[service] ?? kind) === kind);
  }

  /** The first node of a kind that is referred to anywhere in a value. */
  within(stack: string, value: unknown, kind: string): GraphNode | undefined {
    const references = this.text(stack, value).match(/<[^<>]+>/g) ?? [];
    return references.map(reference => this.byReference.get(reference)).find(node => node?.kind === kind);
  }

  /** The functions and state machines that act in one of the roles. */
  actingIn(stack: string, roles: unknown): GraphNode[] {
    const named = new Set(listOf(roles).map(role => this.text(stack, role)));
    const resources = Object.entries(this.templates.get(stack)?.Resources ?? {});
    return resources.flatMap(([id, { Properties = {} }]) => {
      const node = this.byReference.get(`<${stack}.${id}>`);
      const role = this.text(stack, Properties['Role'] ?? Properties['RoleArn']);
      return node !== undefined && named.has(role) ? [node] : [];
    });
  }

  /** What no template makes: who is told, what fires. */
  outside(label: string): GraphNode {
    return this.add({ id: word(`outside_${label}`), kind: 'outside', label, inNetwork: false });
  }

  /** All alarms of a stack, as one. */
  alarmsOf(stack: string): GraphNode {
    return this.add({ id: `alarms_${stack}`, kind: 'alarms', label: 'alarms', stack, inNetwork: false });
  }

  private add(node: GraphNode): GraphNode {
    const known = this.known.get(node.id) ?? node;
    this.known.set(known.id, known);
    return known;
  }

  private addPart(stack: string, id: string, { Type, Properties = {} }: TemplateResource): void {
    const part = kinds[Type];
    if (part === undefined) return;
    const name = part.name === undefined ? '' : this.text(stack, Properties[part.name]);
    const label = name === '' ? part.kind : shortName(name);
    const inNetwork = Properties['VpcConfig'] !== undefined;
    const node: GraphNode = {
      id: word(label === part.kind ? label : `${part.kind}_${label}`),
      kind: part.kind,
      label,
      stack,
      inNetwork,
    };
    if (this.known.has(node.id)) throw new Error(`Two parts are called ${part.kind} ${label}.`);
    this.add(node);
    this.byReference.set(`<${stack}.${id}>`, node);
    this.byName.set(name, [...(this.byName.get(name) ?? []), node]);
  }

  private text(stack: string, value: unknown): string {
    return textOf(value, stack, this.templates);
  }
}

/** Kinds by the service of their ARNs: a table and a bucket may have one name. */
const serviceKinds: Readonly<Record<string, string>> = {
  s3: 'bucket',
  dynamodb: 'table',
  sqs: 'queue',
  sns: 'topic',
  lambda: 'function',
  states: 'state machine',
  secretsmanager: 'secret',
};

/** `arn:aws:s3:::name/*`, `…:table/name`, `…:function:name`. */
const nameInArn = (arn: string) =>
  arn
    .split(':')
    .slice(5)
    .join(':')
    .replace(/^(table\/|function:|stateMachine:|secret:)/, '')
    .replace(/\/.*$/, '');

const suffix = new RegExp(`-(${environments.join('|')})(-<AWS.AccountId>)?$`);

const shortName = (name: string) => name.replace(suffix, '').replace(/^sallyport[-/]/, '');

const word = (text: string) => text.replaceAll(/\W+/g, '_').replace(/_$/, '');
