import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { printableText } from '../domain/kernel/printable-text.ts';
import { trailRulePacks } from '../domain/trail/rule-packs.ts';
import { compileTrailRules, type TrailRules, TrailRulesError } from '../domain/trail/trail-rules.ts';

export { TrailRulesError } from '../domain/trail/trail-rules.ts';

/**
 * Whether a source of rules is the name of a pack, or of several, parted by commas: `cis-aws-foundations,sallyport-pipeline`;
 * else it is the path of a rules file.
 */
export function isTrailRulePack(source: string): boolean {
  return noPacksIn(source).length === 0;
}

function noPacksIn(source: string): readonly string[] {
  return packsIn(source).filter(name => !Object.hasOwn(trailRulePacks, name));
}

/** The names that a source of rules consists of where it is no path. */
export function packsIn(source: string): readonly string[] {
  return source.split(',').map(name => name.trim());
}

/** Which name is that of no pack, and which there are: for whoever gave a source that is neither packs nor a file. */
export function whyNoPack(source: string): string {
  const unknown = printableText(noPacksIn(source)[0] ?? source);
  return `"${unknown}" is no pack: there is ${Object.keys(trailRulePacks).join(', ')}`;
}

/**
 * The rules that the names of packs, or the path of a rules file, stand for. Packs come first: write `./name` for
 * a file of the same name.
 *
 * @param folder What a relative path starts from.
 * @throws {TrailRulesError} where they cannot be read or used.
 */
export function readTrailRules(source: string, folder: string): TrailRules {
  if (isTrailRulePack(source)) return compileTrailRules({ packs: packsIn(source) });
  const path = resolve(folder, source);
  const place = printableText(path, 4096);
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new TrailRulesError([`${place} cannot be read (${code}), and ${whyNoPack(source)}`], {
      cause: error,
    });
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
