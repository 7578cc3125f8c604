import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const relativeImport = /\b(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)'/g;

/** The file, and every file that it imports by a relative path, directly or through others; sorted. */
export function filesReachedFrom(entry: string): readonly string[] {
  const reached = new Set<string>();
  const waiting = [entry];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    const folder = dirname(file);
    for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(relativeImport)) {
      const imported = join(folder, path);
      // What only looks like an import, in a comment for example, is no file.
      if (existsSync(imported)) waiting.push(imported);
    }
  }
  return [...reached].sort();
}

/** Every file below a folder; sorted. */
export function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .sort();
}

/** One hash over the names and the bytes of files, as lowercase hexadecimal. */
export function hashOfFiles(files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) {
    const bytes = readFileSync(file);
    hash.update(`${file}\n${bytes.length}\n`).update(bytes);
  }
  return hash.digest('hex');
}

/** A hash over a context, and over the bytes of the files that its values name. */
export function hashOfContext(context: Readonly<Record<string, unknown>>): string {
  const named = Object.values(context).flatMap(value => {
    if (typeof value !== 'string') return [];
    const path = resolve(value);
    return existsSync(path) && statSync(path).isFile() ? [path] : [];
  });
  return createHash('sha256')
    .update(JSON.stringify(Object.entries(context).sort(([one], [other]) => (one < other ? -1 : 1))))
    .update(hashOfFiles(named))
    .digest('hex');
}

const dayInMilliseconds = 86_400_000;

/**
 * Values by key, in files of a folder that several processes share. Values of other `state`s, made of sources that have
 * changed since, go after a day.
 */
export class TemplateCache<Value> {
  private readonly folder: string;

  constructor(root: string, state: string) {
    this.folder = join(root, state);
    if (existsSync(this.folder)) return;
    mkdirSync(this.folder, { recursive: true });
    for (const other of readdirSync(root).map(name => join(root, name))) {
      const age = Date.now() - (statSync(other, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
      if (age > dayInMilliseconds) rmSync(other, { recursive: true, force: true });
    }
  }

  get(key: string): Value | undefined {
    const file = this.fileOf(key);
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Value) : undefined;
  }

  /** Whoever reads meanwhile finds the whole value or none. */
  put(key: string, value: Value): void {
    const unfinished = `${this.fileOf(key)}.${process.pid}.${performance.now()}`;
    writeFileSync(unfinished, JSON.stringify(value));
    renameSync(unfinished, this.fileOf(key));
  }

  private fileOf(key: string): string {
    return join(this.folder, `${key}.json`);
  }
}
