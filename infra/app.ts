import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ConfigurationError } from './config/configuration.ts';
import { SallyportApp } from './stacks/sallyport-app.ts';

/*
 * Synthesizes the reference pipeline: by itself, `npm run synth -- -c env=prod -c alertEmails=a@example.com`, or
 * through the CDK command, which hands its context over in the environment. Exits with 2 where the context is wrong.
 */

/** The `-c name=value` pairs of the command line. */
function contextOf(pairs: readonly string[]): Record<string, string> {
  const wrong = pairs.filter(pair => !/^[^=]+=/.test(pair));
  if (wrong.length > 0) throw new ConfigurationError(wrong.map(pair => `-c ${pair}: must be name=value`));
  return Object.fromEntries(
    pairs.map(pair => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );
}

/** The pairs behind each `-c` or `--context`. */
function pairsOf(args: readonly string[]): readonly string[] {
  try {
    return parseArgs({
      args: [...args],
      options: { context: { type: 'string', short: 'c', multiple: true, default: [] } },
    }).values.context;
  } catch (error) {
    throw new ConfigurationError([(error as Error).message]);
  }
}

// Not the caller's account and region: the template takes those it is deployed to, whoever synthesizes it.
const outdir = process.env['CDK_OUTDIR'];
const fromRoot = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

try {
  new SallyportApp({
    bundles: fromRoot('dist/lambda'),
    outdir: outdir ?? fromRoot('cdk.out'),
    context: contextOf(pairsOf(process.argv.slice(2))),
  }).synth();
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
