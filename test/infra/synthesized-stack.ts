import { fileURLToPath } from 'node:url';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { afterAll } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import type { SynthesisAnswer, SynthesisOrder, WrittenApp, WrittenStack } from './synthesize-context.ts';
import { filesBelow, filesReachedFrom, hashOfContext, hashOfFiles, TemplateCache } from './template-cache.ts';

/** Stand-ins for the bundles: the template's promises do not depend on the code. */
export const stubBundles = fileURLToPath(new URL('fixtures/bundles', import.meta.url));

export interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

export interface SynthesizedStack extends Omit<WrittenStack, 'template'> {
  /** What the app's synthesis would have looked up in an account. */
  readonly missing: readonly unknown[];
  readonly template: Template;
  readonly json: {
    readonly Resources: Record<string, Resource>;
    readonly Outputs: Record<string, { readonly Value: unknown }>;
  };
}

/** The intake stack's template for the given context, as CDK would deploy it. */
export function synthesizeIntake(context: Record<string, unknown> = {}): SynthesizedStack {
  return synthesize(context, 'IntakeStack');
}

/** The same of the trail stack. */
export function synthesizeTrail(context: Record<string, unknown> = {}): SynthesizedStack {
  return synthesize(context, 'TrailStack');
}

/** The same of the stack of the compliance logs. */
export function synthesizeComplianceLogs(context: Record<string, unknown> = {}): SynthesizedStack {
  return synthesize(context, 'ComplianceLogsStack');
}

/** The same of the processing stack. */
export function synthesizeProcessing(context: Record<string, unknown> = {}): SynthesizedStack {
  return synthesize(context, 'ProcessingStack');
}

/** The same of the records stack. */
export function synthesizeRecords(context: Record<string, unknown> = {}): SynthesizedStack {
  return synthesize(context, 'RecordsStack');
}

/** The same of the stack of compliance scans. */
export function synthesizeCompliance(context: Record<string, unknown> = {}): SynthesizedStack {
  return synthesize(context, 'ComplianceStack');
}

/** The same of the stack that answers findings. */
export function synthesizeFindings(context: Record<string, unknown> = {}): SynthesizedStack {
  return synthesize(context, 'FindingsStack');
}

/** The same of the stack of AWS Config and GuardDuty. */
export function synthesizeSecurityMonitoring(context: Record<string, unknown> = {}): SynthesizedStack {
  return synthesize(context, 'SecurityMonitoringStack');
}

/** The same of the stack of backups, which the development environment has only if it is told so. */
export function synthesizeBackup(context: Record<string, unknown> = {}): SynthesizedStack {
  return synthesize({ backupPlan: 'true', ...context }, 'BackupStack');
}

/** The same of the stack of the network, which the development environment has only if it is told so. */
export function synthesizeNetwork(context: Record<string, unknown> = {}): SynthesizedStack {
  return synthesize({ createNetwork: 'true', ...context }, 'NetworkStack');
}

/** The same of every stack, by its id. */
export function synthesizeAll(
  context: Record<string, unknown> = {},
): [id: string, stack: SynthesizedStack][] {
  return [...stacksOf(context)];
}

/** The same of the document API's stack. */
export function synthesizeDocumentApi(context: Record<string, unknown> = {}): SynthesizedStack {
  return synthesize(context, 'DocumentApiStack');
}

const fromRoot = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

let cache: TemplateCache<WrittenApp> | undefined;

/** What was synthesized of these sources before, by this or by another test file. */
function templateCache(): TemplateCache<WrittenApp> {
  cache ??= new TemplateCache(
    fromRoot('node_modules/.cache/sallyport/templates'),
    hashOfFiles([
      ...filesReachedFrom(fromRoot('infra/stacks/sallyport-app.ts')),
      ...filesReachedFrom(synthesizer),
      ...filesBelow(stubBundles),
      fromRoot('cdk.json'),
      // Names the version of every package that is installed.
      fromRoot('node_modules/.package-lock.json'),
    ]),
  );
  return cache;
}

const synthesizer = fileURLToPath(new URL('synthesize-context.ts', import.meta.url));
let worker: Worker | undefined;

afterAll(async () => {
  await worker?.terminate();
});

/** @throws Error what the synthesis threw. */
function synthesizeApp(context: Record<string, unknown>): WrittenApp {
  worker ??= new Worker(synthesizer, { stdout: true, stderr: true });
  const { port1, port2 } = new MessageChannel();
  const answered = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const order: SynthesisOrder = { context, bundles: stubBundles, answer: port2, answered };
  worker.postMessage(order, [port2]);
  const patienceMilliseconds = 120_000;
  Atomics.wait(answered, 0, 0, patienceMilliseconds);
  const answer = receiveMessageOnPort(port1)?.message as SynthesisAnswer | undefined;
  port1.close();
  if (answer === undefined) throw new Error('The synthesis does not answer.');
  if ('error' in answer) throw new Error(answer.error);
  return answer.app;
}

/** By the contexts' JSON. */
const synthesized = new Map<string, ReadonlyMap<string, SynthesizedStack>>();

/** The stacks by their ids. One synthesis writes the templates of all stacks, and no context is synthesized twice. */
function stacksOf(context: Record<string, unknown>): ReadonlyMap<string, SynthesizedStack> {
  const spelling = JSON.stringify(context);
  const known = synthesized.get(spelling);
  if (known !== undefined) return known;
  const key = hashOfContext(context);
  let app = templateCache().get(key);
  if (app === undefined) {
    app = synthesizeApp(context);
    templateCache().put(key, app);
  }
  const { missing } = app;
  const stacks = new Map(app.stacks.map(stack => [stack.id, synthesizedStack(stack, missing)]));
  synthesized.set(spelling, stacks);
  return stacks;
}

function synthesizedStack(
  { template: written, ...stack }: WrittenStack,
  missing: readonly unknown[],
): SynthesizedStack {
  let template: Template | undefined;
  return {
    ...stack,
    missing,
    json: written as unknown as SynthesizedStack['json'],
    get template() {
      template ??= Template.fromJSON(written);
      return template;
    },
  };
}

function synthesize(context: Record<string, unknown>, id: string): SynthesizedStack {
  const stack = stacksOf(context).get(id);
  if (stack === undefined) throw new Error(`The context leaves ${id} out.`);
  return stack;
}

/** The properties of the resource of a logical id. */
export function propertiesOf({ json }: SynthesizedStack, logicalId: string): Record<string, unknown> {
  const resource = json.Resources[logicalId];
  if (resource === undefined) throw new Error(`The template has no ${logicalId}.`);
  return resource.Properties;
}

/** The resources of one type with their logical ids. */
export function resourcesOf(
  { json }: Pick<SynthesizedStack, 'json'>,
  type: string,
): [logicalId: string, resource: Resource][] {
  return Object.entries(json.Resources).filter(([, resource]) => resource.Type === type);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function renderIntrinsic(name: string, argument: unknown): string | undefined {
  if (name === 'Ref') return `<${String(argument)}>`;
  if (name === 'Fn::GetAtt' && Array.isArray(argument)) return `<${argument.join('.')}>`;
  if (name === 'Fn::Join' && Array.isArray(argument) && Array.isArray(argument[1])) {
    return argument[1].map(part => String(render(part))).join(String(argument[0]));
  }
  if (name === 'Fn::ImportValue') {
    // The name that CDK gives an export: the stack, and the reference that it stands for with a hash of it.
    return `<${String(argument).replace(/:ExportsOutput(?:FnGetAtt|Ref)(\w+)[0-9A-F]{8}$/, ':$1')}>`;
  }
  return undefined;
}

/**
 * Flattens intrinsic functions into text, so that values compare: `Ref` to `<Id>`, `GetAtt` to `<Id.Attribute>`,
 * `ImportValue` to `<stack:IdAttribute>`.
 */
export function render(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(render);
  if (!isRecord(value)) return value;
  const [[name = '', argument] = []] = Object.entries(value);
  const text = Object.keys(value).length === 1 ? renderIntrinsic(name, argument) : undefined;
  return text ?? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, render(inner)]));
}

/** One statement of any policy of the template, with lists made of single values. */
export interface Statement {
  readonly policy: string;
  readonly sid: string | undefined;
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** `*`, ARNs or service names. */
  readonly principals: readonly string[];
  readonly conditions: Record<string, Record<string, unknown>>;
}

const listOf = (value: unknown): string[] =>
  value === undefined ? [] : Array.isArray(value) ? value.map(String) : [String(value)];

/** Every statement of the policy documents in a resource. */
export function statementsOf(policy: string, resource: Resource): Statement[] {
  const { PolicyDocument, KeyPolicy } = resource.Properties;
  const document = render(PolicyDocument ?? KeyPolicy);
  if (!isRecord(document) || !Array.isArray(document['Statement'])) return [];
  return document['Statement'].filter(isRecord).map(statement => ({
    policy,
    sid: statement['Sid'] === undefined ? undefined : String(statement['Sid']),
    effect: String(statement['Effect']),
    actions: listOf(statement['Action']),
    resources: listOf(statement['Resource']),
    principals: isRecord(statement['Principal'])
      ? Object.values(statement['Principal']).flatMap(listOf)
      : listOf(statement['Principal']),
    conditions: (statement['Condition'] ?? {}) as Statement['conditions'],
  }));
}

/** Every policy statement of the template. */
export function allStatements({ json }: SynthesizedStack): Statement[] {
  return Object.entries(json.Resources).flatMap(([logicalId, resource]) => statementsOf(logicalId, resource));
}

/** The statements of the policy of a bucket, by the bucket's logical id. */
export function statementsOfBucket(stack: SynthesizedStack, bucket: string): Statement[] {
  return resourcesOf(stack, 'AWS::S3::BucketPolicy')
    .filter(([, { Properties }]) => render(Properties['Bucket']) === `<${bucket}>`)
    .flatMap(([logicalId, resource]) => statementsOf(logicalId, resource));
}

/** The statements of a key's policy that let a service in for itself. */
export function statementsOfServices(stack: SynthesizedStack, key: string): Statement[] {
  return statementsOf(key, { Type: 'AWS::KMS::Key', Properties: propertiesOf(stack, key) }).filter(
    ({ principals }) => principals.some(principal => principal.endsWith('.amazonaws.com')),
  );
}

/** The statements of the role whose description ends in the given words. */
export function statementsOfRole(stack: SynthesizedStack, words: string): Statement[] {
  const role = resourcesOf(stack, 'AWS::IAM::Role').find(([, { Properties }]) =>
    String(Properties['Description']).endsWith(words),
  );
  if (role === undefined) throw new Error(`The template has no role "${words}".`);
  return resourcesOf(stack, 'AWS::IAM::Policy')
    .filter(([, { Properties }]) => (render(Properties['Roles']) as string[]).includes(`<${role[0]}>`))
    .flatMap(([logicalId, policy]) => statementsOf(logicalId, policy));
}

/** The properties of a stack's one function. */
export function onlyFunctionOf(stack: SynthesizedStack): Record<string, unknown> {
  stack.template.resourceCountIs('AWS::Lambda::Function', 1);
  const [only] = resourcesOf(stack, 'AWS::Lambda::Function').map(([, { Properties }]) => Properties);
  return render(only) as Record<string, unknown>;
}

/** The environment of a stack's one function. */
export function variablesOf(stack: SynthesizedStack): Readonly<Record<string, string>> {
  return (onlyFunctionOf(stack)['Environment'] as { Variables: Record<string, string> }).Variables;
}
