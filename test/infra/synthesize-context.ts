import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MessagePort, parentPort } from 'node:worker_threads';

/*
 * A worker thread that synthesizes contexts, one after the other: a test waits for it without loading the CDK into
 * jest's own module registry, where that takes several times as long.
 */

/** What of a stack's construct tests ask for, beside its template. */
export interface WrittenStack {
  readonly id: string;
  readonly stackName: string;
  readonly terminationProtection: boolean;
  /** Ids of the stacks that are deployed before this one. */
  readonly dependencies: readonly string[];
  /** Ids of the constructs directly in the stack that are no resources themselves. */
  readonly constructs: readonly string[];
  readonly warnings: readonly string[];
  readonly template: Record<string, unknown>;
}

export interface WrittenApp {
  readonly stacks: readonly WrittenStack[];
  /** What the synthesis would have looked up in an account. */
  readonly missing: readonly unknown[];
}

export interface SynthesisOrder {
  readonly context: Record<string, unknown>;
  readonly bundles: string;
  /** Takes one `SynthesisAnswer`. */
  readonly answer: MessagePort;
  /** Set to 1 once the answer is there. */
  readonly answered: Int32Array;
}

export type SynthesisAnswer = { readonly app: WrittenApp } | { readonly error: string };

async function synthesize({ context, bundles }: SynthesisOrder): Promise<WrittenApp> {
  const { CfnElement, Stack } = await import('aws-cdk-lib');
  const { Template } = await import('aws-cdk-lib/assertions');
  const { SallyportApp } = await import('../../infra/stacks/sallyport-app.ts');
  const outdir = mkdtempSync(join(tmpdir(), 'sallyport-synth-'));
  try {
    const app = new SallyportApp({
      bundles,
      outdir,
      // Two thirds of a synthesis; nag.test.ts and `npm run synth` run it.
      context: { '@aws-cdk/core:validateAgainstDefaultRules': false, ...context },
    });
    const assembly = app.synth();
    const stacks = app.node.children.filter(child => child instanceof Stack);
    return {
      missing: assembly.manifest.missing ?? [],
      stacks: stacks.map(stack => {
        const { template } = assembly.getStackArtifact(stack.artifactId);
        const metadata = stack.node.findAll().flatMap(({ node }) => node.metadata);
        return {
          id: stack.node.id,
          stackName: stack.stackName,
          terminationProtection: stack.terminationProtection === true,
          dependencies: stack.dependencies.map(({ node }) => node.id),
          constructs: stack.node.children
            .filter(child => !CfnElement.isCfnElement(child))
            .map(({ node }) => node.id),
          warnings: metadata.filter(({ type }) => type === 'aws:cdk:warning').map(({ data }) => String(data)),
          // Refuses a template whose resources wait for each other.
          template: Template.fromJSON(template as Record<string, unknown>).toJSON(),
        };
      }),
    };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

parentPort?.on('message', async (order: SynthesisOrder) => {
  let answer: SynthesisAnswer;
  try {
    answer = { app: await synthesize(order) };
  } catch (error) {
    answer = { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  order.answer.postMessage(answer);
  Atomics.store(order.answered, 0, 1);
  Atomics.notify(order.answered, 0);
});
