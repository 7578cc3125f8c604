import type { Escape } from './object-key-escape.ts';
import { holdsEscape, readEscape } from './object-key-escapes.ts';
import { foldLookAlike } from './object-key-look-alikes.ts';
import type { ObjectKeyPolicy } from './object-key-policy.ts';
import type { KeyViolationLog } from './object-key-violation-log.ts';

/** Escapes that nobody writes by chance. Numbers, base64 and full-width letters are honest: what comes of them is judged. */
const deliberate: ReadonlySet<Escape['kind']> = new Set(['percent', 'entity', 'backslash']);

/** One reading of a key: as it was given, or as it reads after so many decodings. */
export class KeyLayer {
  readonly text: string;
  readonly decodings: number;
  /** Where the first escape stands that was read to get here: a position in the key as given. */
  readonly decodedFrom: number;
  /** Where each unit of `text` comes from; absent: from the same place. */
  private readonly origins: readonly number[] | undefined;

  constructor(text: string, decodings = 0, origins?: readonly number[], decodedFrom = 0) {
    this.text = text;
    this.decodings = decodings;
    this.origins = origins;
    this.decodedFrom = decodedFrom;
  }

  /** The position, in the key as given, of what stands at the index here. */
  originOf(index: number): number {
    return this.origins === undefined ? index : (this.origins[index] ?? 0);
  }

  /** For explanations: how often the key was decoded to read so. */
  get hint(): string {
    if (this.decodings === 0) return '';
    return this.decodings === 1 ? ' (decoded once)' : ` (decoded ${this.decodings} times)`;
  }
}

/**
 * Reads every escape of a layer once, from left to right, and reports those that no honest name holds.
 * What an escape yields is not looked at again before the next layer. `undefined`: nothing was escaped.
 */
export function decodeLayer(
  layer: KeyLayer,
  policy: ObjectKeyPolicy,
  log: KeyViolationLog,
): KeyLayer | undefined {
  if (!holdsEscape(layer.text)) return undefined;
  const origins: number[] = [];
  let text = '';
  let decodedFrom: number | undefined;
  for (let at = 0; at < layer.text.length; ) {
    const found = readEscape(layer.text, at);
    const value = found?.value ?? layer.text.charAt(at);
    const origin = layer.originOf(at);
    if (found !== undefined) {
      decodedFrom ??= origin;
      judgeEscape(found, origin, policy, log);
    }
    for (let unit = 0; unit < value.length; unit++) origins.push(origin);
    text += value;
    at += found?.length ?? 1;
  }
  if (decodedFrom === undefined) return undefined;
  return new KeyLayer(text, layer.decodings + 1, origins, decodedFrom);
}

function judgeEscape(
  { kind, value }: Escape,
  origin: number,
  policy: ObjectKeyPolicy,
  log: KeyViolationLog,
): void {
  if (kind === 'overlong') {
    log.add('overlong-utf8', origin, 'a UTF-8 sequence is longer than its character needs');
  } else if (kind === 'malformed') {
    log.add('malformed-encoding', origin, 'an escape stands for bytes that UTF-8 never holds');
  } else if (kind === 'doubled-percent') {
    log.add('nested-encoding', origin, 'a doubled percent sign hides another escape');
  } else if (deliberate.has(kind) && !policy.allowEncodedDelimiters && isDelimiter(foldLookAlike(value))) {
    log.add('encoded-delimiter', origin, 'an escape stands for a dot, a slash or a backslash');
  }
}

function isDelimiter(character: string): boolean {
  return character === '.' || character === '/' || character === '\\';
}
