import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

/** A module of WebAssembly that stands, as base64, in a file of its own beside its source. */
export interface Kernel {
  /** Within src/domain/kernel. */
  readonly folder: string;
  /** The source, without `.as`; it imports others of the folder by their names. */
  readonly source: string;
  /** The file that is written, without `.ts`, and what it exports. */
  readonly target: string;
  readonly constant: string;
}

export const kernels: readonly Kernel[] = [
  {
    ...{ folder: 'gzip-inflate', source: 'inflate-blocks' },
    ...{ target: 'inflate-binary', constant: 'inflateBinary' },
  },
  {
    ...{ folder: 'record-scan', source: 'scan-elements' },
    ...{ target: 'scan-binary', constant: 'scanBinary' },
  },
];

/** The file that a kernel is written into. */
export function targetOf({ folder, target }: Kernel): string {
  return fileURLToPath(new URL(`../../../src/domain/kernel/${folder}/${target}.ts`, import.meta.url));
}

/**
 * What is to stand in the kernel's target.
 *
 * @param read The text of a source of the folder.
 */
export async function compileKernel(kernel: Kernel, read = readerOf(kernel)): Promise<string> {
  let binary = new Uint8Array();
  const { error, stderr } = await asc.main(
    [
      `${kernel.source}.ts`,
      ...['--outFile', 'kernel.wasm', '-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd'],
      ...['--importMemory', '--noExportMemory', '--initialMemory', '8', '--maximumMemory', '8'],
    ],
    {
      readFile: name => (name.endsWith('.ts') ? read(name.slice(0, -'.ts'.length)) : null),
      writeFile: (_, contents) => {
        binary = Buffer.from(contents);
      },
      listFiles: () => [],
    },
  );
  if (error !== null) throw new Error(`${kernel.source}.as cannot be compiled: ${stderr}`, { cause: error });
  const lines =
    Buffer.from(binary)
      .toString('base64')
      .match(/.{1,100}/g) ?? [];
  const literal = lines.map(line => `  '${line}'`).join(' +\n');
  return `// Written by test/domain/kernel/write-kernels.ts from ${kernel.source}.as.\n\n/** WebAssembly, as base64. */\nexport const ${kernel.constant}: string =\n${literal};\n`;
}

function readerOf({ folder }: Kernel): (name: string) => string | null {
  const path = fileURLToPath(new URL(`../../../src/domain/kernel/${folder}`, import.meta.url));
  return name => {
    const file = join(path, `${name}.as`);
    return existsSync(file) ? readFileSync(file, 'utf8') : null;
  };
}
