import { hasExecutableName, looksExecutable } from '../looks-executable.ts';
import type { OleContainer } from './ole-container.ts';

/** Whether an OLE object, within a storage of a container, holds a program or another file. */
export function tellOleObject(container: OleContainer, under = ''): 'executable' | 'file' {
  for (const path of container.paths()) {
    if (!path.startsWith(under)) continue;
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (name === '\x01Ole10Native' && isProgram(container.stream(path))) return 'executable';
    if (name === 'Package' && looksExecutable(container.stream(path))) return 'executable';
  }
  return 'file';
}

/**
 * An OLE 1.0 package (MS-OLEDS 2.3.6): size, flags, label, path of the source, path of the copy, the file. Its
 * strings are followed as long as the bytes bear them out; wherever they lead, a name or a program's first bytes tell.
 */
function isProgram(native: Buffer): boolean {
  const strings = native.toString('latin1', 6, 4_096).split('\0').slice(0, 8);
  if (strings.some(hasExecutableName)) return true;
  const label = native.indexOf(0, 6);
  const source = native.indexOf(0, label + 1);
  if (label < 0 || source < 0 || source + 9 > native.length) return looksExecutable(native.subarray(4));
  const copyLength = native.readUInt32LE(source + 5);
  return looksExecutable(native.subarray(source + 9 + copyLength + 4));
}
