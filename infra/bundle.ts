import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** The Lambda entries: `src/handlers/lambda/<name>.ts` becomes `dist/lambda/<name>/index.mjs`. */
const entries = ['intake-trigger', 'upload-writer'] as const;

const root = fileURLToPath(new URL('..', import.meta.url));

/** Some dependencies are CommonJS and call `require` for built-ins, which an ES module does not have. */
const requireForCommonJs =
  "import { createRequire as sallyportCreateRequire } from 'node:module'; const require = sallyportCreateRequire(import.meta.url);";

async function bundle(name: string): Promise<string> {
  const outdir = join(root, 'dist/lambda', name);
  await rm(outdir, { recursive: true, force: true });
  await build({
    absWorkingDir: root,
    entryPoints: { index: `src/handlers/lambda/${name}.ts` },
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
    // The name of an error is what Retry, Catch and the alerts read.
    keepNames: true,
    legalComments: 'none',
    banner: { js: requireForCommonJs },
    logLevel: 'warning',
  });
  return outdir;
}

async function bytesOf(folder: string): Promise<{ files: number; bytes: number }> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    found
      .filter(entry => entry.isFile())
      .map(async entry => (await stat(join(entry.parentPath, entry.name))).size),
  );
  return { files: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

for (const name of entries) {
  const { files, bytes } = await bytesOf(await bundle(name));
  process.stdout.write(`${name.padEnd(20)}${String(bytes).padStart(10)} bytes in ${files} file(s)\n`);
}
