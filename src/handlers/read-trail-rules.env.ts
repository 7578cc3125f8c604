import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { printableText } from '../domain/kernel/printable-text.ts';
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
export function readTrailRules(source: string, folder: string): TrailRules {
  if (isTrailRulePack(source)) return compileTrailRules(trailRulePacks[source]);
  const path = resolve(folder, source);
  const place = printableText(path, 4096);
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const packs = Object.keys(trailRulePacks).join(', ');
    throw new TrailRulesError(
      [`${place} cannot be read (${code}), and "${printableText(source)}" is no pack: there is ${packs}`],
      { cause: error },
    );
  }
  try {
    return compileTrailRules(bytes);
  } catch (error) {
    if (!(error instanceof TrailRulesError)) throw error;
    throw new TrailRulesError(
      error.faults.map(fault => `${place}: ${fault}`),
      { cause: error },
    );
  }
}
