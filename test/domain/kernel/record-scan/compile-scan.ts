import { readFileSync } from 'node:fs';
import asc from 'assemblyscript/asc';

const source = new URL('../../../../src/domain/kernel/record-scan/scan-elements.as', import.meta.url);

/** Five pages of 64 KiB: what a filter knows, and a window. */
const pages = '5';

/** The text of `scan-binary.ts`, compiled from `scan-elements.as`. */
export async function compileScan(text: string = readFileSync(source, 'utf8')): Promise<string> {
  let binary = new Uint8Array();
  const { error, stderr } = await asc.main(
    [
      'scan.ts',
      ...['--outFile', 'scan.wasm', '-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd'],
      ...['--initialMemory', pages, '--maximumMemory', pages],
    ],
    {
      readFile: name => (name === 'scan.ts' ? text : null),
      writeFile: (_, contents) => {
        binary = Buffer.from(contents);
      },
      listFiles: () => [],
    },
  );
  if (error !== null) throw new Error(`scan-elements.as cannot be compiled: ${stderr}`, { cause: error });
  const lines =
    Buffer.from(binary)
      .toString('base64')
      .match(/.{1,100}/g) ?? [];
  const literal = lines.map(line => `  '${line}'`).join(' +\n');
  return `// Written by test/domain/kernel/record-scan/write-scan-binary.ts from scan-elements.as.\n\n/** WebAssembly, as base64. */\nexport const scanBinary: string =\n${literal};\n`;
}
