import type { KeyLayer } from './object-key-layers.ts';
import type { ObjectKeyPolicy } from './object-key-policy.ts';
import type { KeyViolationLog } from './object-key-violation-log.ts';
import type { KeyViolationCode } from './object-key-violations.ts';

/** Keys of these alone break no rule of any character under `characters: 'any'`. */
const plain = /^[ -[\]-~]*$/;

/** UAX #9 §2: the characters that reorder what people see. */
const bidiControl = /^[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]$/u;

/** UAX #44 `Default_Ignorable_Code_Point`, and the interlinear annotation marks: drawn as nothing. */
const invisible = /^[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]$/u;

/** What the joiners U+200C and U+200D follow in real text: a letter or mark beyond ASCII, or a pictograph. */
const joinable = /^[[\p{L}\p{M}\p{Emoji}]--\p{ASCII}]$/v;

/** What a variation selector may follow: all but the delimiters, which it would only disguise. */
const selectable = /^[^\s./\\:;%?&]$/u;

/** U+E0020 to U+E007F spell the region of a flag after U+1F3F4 (UTS #51, emoji tag sequences). */
const taggable = /^[\u{1f3f4}\u{e0020}-\u{e007e}]$/u;

/** The characters that the S3 user guide calls safe, and the slash. */
const portable = /^[\w!\-.*'()/]$/;

/** Every fault of a single character, and what is wrong with it. */
const faults = {
  'null-byte': 'a null byte ends the name for some readers',
  'control-character': 'a control character breaks lines of logs and protocols',
  backslash: 'a backslash separates segments for some readers',
  'unportable-character': 'the character is not one of those that S3 calls safe',
  'lone-surrogate': 'half of a surrogate pair stands for no character',
  'invalid-utf8': 'the character stands for bytes that were not UTF-8',
  noncharacter: 'the code point is never a character',
  'bidi-control': 'the character reorders what people see',
  'invisible-character': 'the character is drawn as nothing',
} as const satisfies Partial<Record<KeyViolationCode, string>>;

type CharacterFault = keyof typeof faults;

/** Judges every character of one reading of the key. */
export function judgeCharacters(layer: KeyLayer, policy: ObjectKeyPolicy, log: KeyViolationLog): void {
  if (policy.characters === 'any' && plain.test(layer.text)) return;
  const asGiven = layer.decodings === 0;
  let index = 0;
  let previous = '';
  for (const character of layer.text) {
    if (log.full) return;
    const codePoint = character.codePointAt(0) ?? 0;
    const code = faultOf(character, codePoint, previous, policy, asGiven);
    if (code !== undefined) {
      log.add(code, layer.originOf(index), `${codePointName(codePoint)}${layer.hint}: ${faults[code]}`);
    }
    previous = character;
    index += character.length;
  }
}

function faultOf(
  character: string,
  codePoint: number,
  previous: string,
  policy: ObjectKeyPolicy,
  asGiven: boolean,
): CharacterFault | undefined {
  if (codePoint === 0) return 'null-byte';
  if (isControl(codePoint)) return 'control-character';
  if (character === '\\' && asGiven && !policy.allowBackslash) return 'backslash';
  if (asGiven && policy.characters === 'portable' && !portable.test(character)) return 'unportable-character';
  if (codePoint < 0x80) return undefined;
  if (codePoint >= 0xd800 && codePoint <= 0xdfff) return 'lone-surrogate';
  if (codePoint === 0xfffd && asGiven) return 'invalid-utf8';
  if (isNoncharacter(codePoint)) return 'noncharacter';
  if (policy.allowInvisible) return undefined;
  if (bidiControl.test(character)) return 'bidi-control';
  return invisible.test(character) && !hasWork(character, previous) ? 'invisible-character' : undefined;
}

/** C0, DEL, C1, and the line and paragraph separators: they break lines of logs and of protocols. */
function isControl(codePoint: number): boolean {
  return (
    codePoint < 0x20 ||
    (codePoint >= 0x7f && codePoint <= 0x9f) ||
    codePoint === 0x2028 ||
    codePoint === 0x2029
  );
}

/** Unicode core specification §23.7: never characters of an interchanged text. */
function isNoncharacter(codePoint: number): boolean {
  return (codePoint >= 0xfdd0 && codePoint <= 0xfdef) || (codePoint & 0xfffe) === 0xfffe;
}

/** Whether an invisible character does what writing needs it for: Persian, Indic scripts, emoji, kanji variants. */
function hasWork(character: string, previous: string): boolean {
  if (character === '\u200c' || character === '\u200d') return joinable.test(previous);
  if (/^\p{Variation_Selector}$/u.test(character)) return selectable.test(previous);
  return /^[\u{e0020}-\u{e007f}]$/u.test(character) && taggable.test(previous);
}

/** `U+202E`: a character that can be written into a log or a terminal. */
function codePointName(codePoint: number): string {
  return `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`;
}
