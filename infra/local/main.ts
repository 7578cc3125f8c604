import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { describeHappening } from './describe-happening.ts';
import { type Happening, type LocalPipeline, PortInUseError, startLocalPipeline } from './local-pipeline.ts';
import { pasteableCommands } from './pasteable-commands.ts';
import { synthesizeLocally } from './synthesize-locally.ts';
import { watchDeadLetters } from './watch-dead-letters.ts';

const defaultPort = 4510;

function print(text = ''): void {
  process.stdout.write(`${text}\n`);
}

async function start(port: number, assembly: string | undefined): Promise<LocalPipeline> {
  const onHappening = (happening: Happening): void => print(describeHappening(happening));
  try {
    return await startLocalPipeline({ onHappening, port, ...(assembly === undefined ? {} : { assembly }) });
  } catch (error) {
    if (!(error instanceof PortInUseError)) throw error;
    print(`Port ${port} is in use; taking a free one. Choose another with --port <number>.`);
    return startLocalPipeline({ onHappening, port: 0, ...(assembly === undefined ? {} : { assembly }) });
  }
}

function introduce(pipeline: LocalPipeline, seconds: number): void {
  const { endpoint, region, accountId, outputs, leftOut } = pipeline;
  print(`Running at ${endpoint} after ${seconds.toFixed(1)} s (account ${accountId}, region ${region}).`);
  print('\nOutputs');
  for (const [name, value] of Object.entries(outputs)) {
    // CDK exports for its own stacks under names that tell nobody anything.
    if (!name.startsWith('ExportsOutput')) print(`  ${name} = ${value}`);
  }
  print('\nIn the template, and left out here (docs/local-run.md)');
  print(
    `  ${Object.entries(leftOut)
      .map(([type, count]) => `${count} × ${type}`)
      .join(', ')}`,
  );
  for (const { name, url, apiKeys } of pipeline.apis) {
    print(`\nREST API ${name}\n  ${url} (x-api-key: ${apiKeys.join(' or ') || 'none'})`);
  }
  for (const [heading, ...commands] of pasteableCommands(pipeline)) {
    print(`\n${heading}`);
    for (const command of commands) print(`  ${command}`);
  }
  print('\nFunction logs are in .local/logs. Ctrl-C stops the run. What happens now:\n');
}

function optionsFrom(args: string[]): { readonly port: number; readonly context: readonly string[] } {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: 'string', default: String(defaultPort) },
      context: { type: 'string', short: 'c', multiple: true, default: [] },
    },
  });
  const port = Number(values.port);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return { port, context: values.context };
  throw new Error(`--port takes a number from 0 to 65535, not "${values.port}".`);
}

async function run(): Promise<void> {
  const { port, context } = optionsFrom(process.argv.slice(2));
  const began = performance.now();
  const assembly = context.length === 0 ? undefined : resolve('.local/start.out');
  if (assembly !== undefined) {
    print(`Synthesizing the pipeline with ${context.join(', ')} …`);
    await synthesizeLocally(assembly, context);
  }
  print('Deploying the synthesized template onto this machine …');
  const pipeline = await start(port, assembly);
  const endWatch = watchDeadLetters(pipeline, (queue, depth) =>
    print(describeHappening({ kind: 'dead-lettered', queue, depth })),
  );
  const stop = async (): Promise<void> => {
    print('\nStopping …');
    endWatch();
    await pipeline.stop();
    print('Stopped.');
  };
  process.once('SIGINT', () => void stop());
  process.once('SIGTERM', () => void stop());
  introduce(pipeline, (performance.now() - began) / 1000);
}

run().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
});
