import { App, Stack, type StackProps, Stage } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import {
  ComplianceMonitor,
  DocumentApi,
  DocumentIntake,
  DocumentProcessing,
  FindingResponse,
  RecordIngestion,
  TrailAnalysis,
} from '../../../infra/index.ts';
import { type Resource, stubBundles } from '../synthesized-stack.ts';

/** The published flows, each a construct that needs nothing but scope and id; the bundles are stand-ins. */
export const flows = {
  TrailAnalysis,
  DocumentIntake,
  DocumentProcessing,
  DocumentApi,
  RecordIngestion,
  ComplianceMonitor,
  FindingResponse,
};

export type FlowName = keyof typeof flows;
export type Flow = InstanceType<(typeof flows)[FlowName]>;

export const flowNames = Object.keys(flows) as FlowName[];

/** Those that read the objects of one bucket when they are told of them. */
export const announcedFlows = [
  'TrailAnalysis',
  'DocumentIntake',
  'DocumentProcessing',
  'RecordIngestion',
] as const;

/** The ARN of a key as AWS makes them; not a key. */
export const importedKeyArn =
  'arn:aws:kms:eu-central-1:111122223333:key/11111111-2222-4333-8444-555555555555';

export function makeFlow(
  scope: Stack,
  name: FlowName,
  props: Record<string, unknown> = {},
  id: string = name,
): Flow {
  return new flows[name](scope, id, { bundles: stubBundles, ...props });
}

/** A stack in an app without feature flags, as one that knows nothing of this package has. */
export function plainStack(id = 'Own', props: StackProps = {}, app = new App()): Stack {
  return new Stack(app, id, props);
}

export interface SynthesizedTemplate {
  readonly json: { readonly Resources: Record<string, Resource>; readonly Outputs: Record<string, never> };
}

/** The template of a stack after the synthesis of its whole app, references between stacks resolved. */
export function synthesized(stack: Stack): SynthesizedTemplate {
  const stage = Stage.of(stack);
  if (stage === undefined) throw new Error(`${stack.node.path} is in no app.`);
  const { template } = stage.synth().getStackArtifact(stack.artifactId);
  return { json: { Outputs: {}, ...template } };
}

/** The texts of this package's own warnings below a construct. */
export function warningsOf(scope: IConstruct): string[] {
  return scope.node
    .findAll()
    .flatMap(({ node }) => node.metadata)
    .filter(({ type }) => type === 'aws:cdk:warning')
    .map(({ data }) => String(data))
    .filter(text => text.includes('[ack: sallyport:'));
}
