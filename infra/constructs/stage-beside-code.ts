import { createHash } from 'node:crypto';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

/** What a function is given to find a file of the deployment by. */
export interface StagedFile {
  /** Folder of the function's code. */
  readonly bundle: string;
  /** The file, seen from that folder, or a name that the code knows. */
  readonly source: string;
}

/**
 * Puts a file beside the function's code, under a name of its own.
 *
 * @param file Path of the file, from the working folder.
 * @param name The file's name beside the code.
 * @param bundle Folder with the code; stays as it is.
 * @param folder Where the folder with code and file may be made.
 */
export function stageBesideCode(file: string, name: string, bundle: string, folder: string): StagedFile {
  const bytes = readFileSync(resolve(file));
  // CDK looks at the content of one path once in a process: another file is another path.
  const hash = createHash('sha256').update(bytes).digest('hex');
  const staged = join(folder, `${basename(bundle)}.${hash}`);
  rmSync(staged, { recursive: true, force: true });
  cpSync(bundle, staged, { recursive: true });
  // The bytes alone: a function could not read a file of mode 0600.
  writeFileSync(join(staged, name), bytes);
  return { bundle: staged, source: `./${name}` };
}
