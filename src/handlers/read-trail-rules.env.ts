import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { trailRulePacks } from '../domain/trail/rule-packs.ts';
import { compileTrailRules, type TrailRules, TrailRulesError } from '../domain/trail/trail-rules.ts';

/**
 * The rules that a pack's name, or the path of a rules file, stands for. A pack's name comes first: write `./name` for
 * a file of the same name.
 *
 * @param folder What a relative path starts from.
 * @throws {TrailRulesError} where they cannot be read or used.
 */
export async function readTrailRules(source: string, folder: string): Promise<TrailRules> {
  if (Object.hasOwn(trailRulePacks, source)) return compileTrailRules(trailRulePacks[source]);
  const path = resolve(folder, source);
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    const packs = Object.keys(trailRulePacks).join(', ');
    throw new TrailRulesError(
      [`${path} cannot be read (${error.code}), and "${source}" is no pack: there is ${packs}`],
      { cause: error },
    );
  });
  return compileTrailRules(bytes);
}
