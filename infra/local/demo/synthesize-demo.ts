import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/**
 * Synthesizes the pipeline as the demo runs it, into a folder of its own: `cdk.out` stays what would be deployed. On
 * AWS threats are contained only where `remediationMode` says so, the permissions included; here it does.
 * Rejects with an `Error` that says what the app said.
 */
export async function synthesizeDemo(folder: string): Promise<void> {
  await promisify(execFile)(process.execPath, ['infra/app.ts', '-c', 'remediationMode=contain'], {
    cwd: root,
    env: { ...process.env, CDK_OUTDIR: folder },
  });
}
