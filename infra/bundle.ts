import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';

/** The Lambda entries: `src/handlers/lambda/<name>.ts` becomes `dist/lambda/<name>/index.mjs`. */
export const lambdaEntries = [
  'intake-trigger',
  'upload-writer',
  'trail-analyzer',
  'trail-backfiller',
  'trail-summarizer',
  'trail-verifier',
  'dead-letter-keeper',
  'document-processor',
  'document-validator',
  'document-encryptor',
  'document-scanner',
  'upload-url-issuer',
  'record-ingestor',
  'compliance-scanner',
  'finding-remediator',
  'api-key-rotator',
] as const;

/** The functions that read documents: the parsers run in a worker, whose file stands in the function's folder. */
const documentReaders: readonly string[] = ['document-processor', 'document-validator', 'document-scanner'];

/** The files of worker threads that the function of this name starts, by the name of the file in its folder. */
export function workersOf(name: string): Readonly<Record<string, string>> {
  return documentReaders.includes(name) ? { 'document-worker': 'src/adapters/node/document-worker.ts' } : {};
}

export interface BundleOptions {
  /** The TypeScript file that exports `handler`. */
  readonly entry: string;
  /** Folder that holds `index.mjs`, its chunks and its workers afterwards, and nothing else. */
  readonly outdir: string;
  /** TypeScript files of worker threads: each becomes `<name>.mjs` beside `index.mjs`. @defaultValue none */
  readonly workers?: Readonly<Record<string, string>>;
}

export interface BundleSize {
  readonly files: number;
  readonly bytes: number;
}

/** Some dependencies are CommonJS and call `require` for built-ins, which an ES module does not have. */
const requireForCommonJs =
  "import { createRequire as sallyportCreateRequire } from 'node:module'; const require = sallyportCreateRequire(import.meta.url);";

/** What every file of a bundle is made with. */
const shared = {
  absWorkingDir: fileURLToPath(new URL('..', import.meta.url)),
  outExtension: { '.js': '.mjs' },
  bundle: true,
  format: 'esm',
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
  // Written at the end: a failed build leaves the last good bundle alone.
  write: false,
} as const satisfies BuildOptions;

/**
 * Bundles one Lambda function with all it needs. The same sources give the same bytes, so that CDK's asset hash, and
 * with it the deployed code, changes only when the code does. A worker is one file, whole in itself: what it alone
 * needs is not loaded with the function, and it runs wherever it lies.
 */
export async function bundleFunction({ entry, outdir, workers = {} }: BundleOptions): Promise<BundleSize> {
  const builds = [
    build({
      ...shared,
      entryPoints: { index: entry },
      outdir,
      chunkNames: 'chunks/[name]-[hash]',
      splitting: true,
    }),
    ...(Object.keys(workers).length === 0 ? [] : [build({ ...shared, entryPoints: { ...workers }, outdir })]),
  ];
  const outputFiles = (await Promise.all(builds)).flatMap(result => result.outputFiles);
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
      workers: workersOf(name),
    });
    process.stdout.write(`${name.padEnd(20)}${String(bytes).padStart(10)} bytes in ${files} file(s)\n`);
  }
}
