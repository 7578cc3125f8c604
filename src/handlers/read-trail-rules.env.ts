import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { trailRulePacks } from '../domain/trail/rule-packs.ts';
import { compileTrailRules, type TrailRules, TrailRulesError } from '../domain/trail/trail-rules.ts';

export { TrailRulesError } from '../domain/trail/trail-rules.ts';

/** Whether a source of rules is a pack's name; else it is the path of a rules file. */
export function isTrailRulePack(source: string): boolean {
  return Object.hasOwn(trailRulePacks, source);
}

/**
 * The rules that a pack's name, or the path of a rules file, stands for. A pack's name comes first: write `./name` for
 * a file of the same name.
 *
 * @param folder What a relative path starts from.
 * @throws {TrailRulesError} where they cannot be read or used.
 */
export async function readTrailRules(source: string, folder: string): Promise<TrailRules> {
  if (isTrailRulePack(source)) return compileTrailRules(trailRulePacks[source]);
  const path = resolve(folder, source);
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(source, path, error);
  });
  return compileTrailRules(bytes);
}

/** The same, for a CDK app: it is built without waiting. */
export function readTrailRulesSync(source: string, folder: string): TrailRules {
  if (isTrailRulePack(source)) return compileTrailRules(trailRulePacks[source]);
  const path = resolve(folder, source);
  return compileTrailRules(bytesOf(source, path));
}

function bytesOf(source: string, path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw unreadable(source, path, error as NodeJS.ErrnoException);
  }
}

function unreadable(source: string, path: string, error: NodeJS.ErrnoException): TrailRulesError {
  const packs = Object.keys(trailRulePacks).join(', ');
  return new TrailRulesError(
    [`${path} cannot be read (${error.code}), and "${source}" is no pack: there is ${packs}`],
    { cause: error },
  );
}
