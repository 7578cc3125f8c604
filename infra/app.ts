import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { SallyportApp } from './stacks/sallyport-app.ts';

/*
 * Synthesizes the reference pipeline: `npm run synth [-- -c env=prod -c alertEmails=a@example.com]` by itself, or
 * through the CDK command, which hands its context over in the environment.
 */
const { values } = parseArgs({
  options: { context: { type: 'string', short: 'c', multiple: true, default: [] } },
});

const fromCommandLine = Object.fromEntries(
  values.context.map(pair => {
    const at = pair.indexOf('=');
    if (at < 1) throw new Error(`-c ${pair}: context is given as name=value`);
    return [pair.slice(0, at), pair.slice(at + 1)];
  }),
);

const fromEnvironment = {
  ...(process.env['CDK_DEFAULT_ACCOUNT'] === undefined
    ? {}
    : { account: process.env['CDK_DEFAULT_ACCOUNT'] }),
  ...(process.env['CDK_DEFAULT_REGION'] === undefined ? {} : { region: process.env['CDK_DEFAULT_REGION'] }),
};

const fromRoot = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

new SallyportApp({
  bundles: fromRoot('dist/lambda'),
  outdir: process.env['CDK_OUTDIR'] ?? fromRoot('cdk.out'),
  context: { ...fromEnvironment, ...fromCommandLine },
}).synth();
