import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** The Lambda entries: `src/handlers/lambda/<name>.ts` becomes `dist/lambda/<name>/index.mjs`. */
export const lambdaEntries = [
  'intake-trigger',
  'upload-writer',
  'trail-analyzer',
  'dead-letter-keeper',
] as const;

export interface BundleOptions {
  /** The TypeScript file that exports `handler`. */
  readonly entry: string;
  /** Folder that holds `index.mjs` and its chunks afterwards, and nothing else. */
  readonly outdir: string;
}

export interface BundleSize {
  readonly files: number;
  readonly bytes: number;
}

/** Some dependencies are CommonJS and call `require` for built-ins, which an ES module does not have. */
const requireForCommonJs =
  "import { createRequire as sallyportCreateRequire } from 'node:module'; const require = sallyportCreateRequire(import.meta.url);";

/**
 * Bundles one Lambda function with all it needs. The same sources give the same bytes, so that CDK's asset hash, and
 * with it the deployed code, changes only when the code does.
 */
export async function bundleFunction({ entry, outdir }: BundleOptions): Promise<BundleSize> {
  const { outputFiles } = await build({
    absWorkingDir: fileURLToPath(new URL('..', import.meta.url)),
    entryPoints: { index: entry },
    outdir,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    format: 'esm',
    splitting: true,
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    minifyWhitespace: true,
    minifySyntax: true,
    // Retry, Catch and alerts read the names of errors: a bundler's renaming must not reach them.
    keepNames: true,
    legalComments: 'none',
    banner: { js: requireForCommonJs },
    logLevel: 'warning',
    // Written below: a failed build leaves the last good bundle alone.
    write: false,
  });
  await rm(outdir, { recursive: true, force: true });
  for (const { path, contents } of outputFiles) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, contents);
  }
  return {
    files: outputFiles.length,
    bytes: outputFiles.reduce((sum, { contents }) => sum + contents.length, 0),
  };
}

if (import.meta.main) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  for (const name of lambdaEntries) {
    const { files, bytes } = await bundleFunction({
      entry: join(root, 'src/handlers/lambda', `${name}.ts`),
      outdir: join(root, 'dist/lambda', name),
    });
    process.stdout.write(`${name.padEnd(20)}${String(bytes).padStart(10)} bytes in ${files} file(s)\n`);
  }
}
