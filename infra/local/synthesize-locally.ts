import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Synthesizes the pipeline with values of its configuration, into a folder of its own: `cdk.out` stays what would be
 * deployed. Rejects with an `Error` that says what the app said.
 *
 * @param context `name=value` each, as CDK's `-c` takes them.
 */
export async function synthesizeLocally(folder: string, context: readonly string[]): Promise<void> {
  const options = context.flatMap(value => ['-c', value]);
  try {
    await promisify(execFile)(process.execPath, ['infra/app.ts', ...options], {
      cwd: root,
      env: { ...process.env, CDK_OUTDIR: folder },
    });
  } catch (error) {
    const { stderr = '' } = error as { readonly stderr?: string };
    throw new Error(stderr.trim() === '' ? String(error) : stderr.trim(), { cause: error });
  }
}
