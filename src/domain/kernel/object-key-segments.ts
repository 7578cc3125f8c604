import type { KeyLayer } from './object-key-layers.ts';
import type { ObjectKeyPolicy } from './object-key-policy.ts';
import { fitsIn } from './object-key-utf8.ts';
import type { KeyViolationLog } from './object-key-violation-log.ts';
import type { KeyViolationCode } from './object-key-violations.ts';

/** What stands between two separators. */
interface Segment {
  readonly start: number;
  readonly text: string;
  readonly last: boolean;
}

/** Something that no segment may be, in any reading of the key. */
interface SegmentRule {
  readonly code: KeyViolationCode;
  /** Follows the words `a segment`. */
  readonly explanation: string;
  readonly isBrokenBy: (segment: Segment, policy: ObjectKeyPolicy) => boolean;
}

/**
 * Nothing but dots, and what some reader drops or expands: blanks, and `+` that a form decoder makes one; wildcards;
 * what is drawn as nothing or could not be decoded. Without a dot, one or two wildcards, which `.` and `..` match.
 */
const dots =
  /^[\s+?*<>"\ufffd\p{Default_Ignorable_Code_Point}]*\.[.\s+?*<>"\ufffd\p{Default_Ignorable_Code_Point}]*$|^[?*]{1,2}$/u;

/** Two dots among what a shell drops or expands: `.[.]`, `.{.,}`, `'.'.`, `.^.` (of cmd.exe), `.$@.`. */
const dotsInShell = /^[[\]{},'"`^$@]*\.[[\]{},'"`^$@]*\.[[\]{},'"`^$@]*$/;

/**
 * `..;x`, `..?x`, `?page=..`: two dots set off from the rest by what ends a path in a URL, a stream or a pipe; and
 * `..2fx`, an escaped slash whose percent sign was cut out.
 */
const dotsSetOff = /(?:^|[;?#&|:=<>])\.\.\s*(?:[;?#&|:=<>]|$)|^\.;|^\.\.(?:2f|5c)/i;

/**
 * `name::$DATA`, `name:$INDEX_ALLOCATION`, `a.txt:b`: streams of an NTFS file. Browsers on Windows write
 * `a.txt:Zone.Identifier`, and under Linux it becomes the name of a harmless file.
 */
const alternateStream =
  /::\$|:\$[a-z_]+$|\.(?:txt|rtf|csv|log|pdf|docx?|xlsx?|pptx?|jpe?g|png|gif|zip|html?|php\d?|phtml|as[ap]x?|as[hm]x|jspx?|exe|config):(?!\s|Zone\.Identifier$)/i;

/** Windows ignores what follows the name of a device: an extension, a stream, blanks. */
const device = /^(?:con|prn|aux|nul|clock\$|conin\$|conout\$)\s*(?=[.:]|$)/i;
const port = /^(?:com|lpt)\d\s*(?=[.:]|$)/i;

/** What may follow where a device is meant, and not a source that is honestly called `aux.c`. */
const bareOrDocument = /^[.\s]*$|^:|\.(?:txt|rtf|csv|log|pdf|docx?|xlsx?|pptx?|jpe?g|png|gif|zip|exe)$/i;

const segmentRules: readonly SegmentRule[] = [
  {
    code: 'empty-segment',
    explanation: 'holds nothing but blanks',
    isBrokenBy: ({ text }) => text.trim() === '',
  },
  {
    code: 'dot-segment',
    explanation: 'holds nothing but dots and what readers drop',
    isBrokenBy: ({ text }) => dots.test(text) || dotsInShell.test(text),
  },
  {
    code: 'dot-segment',
    explanation: 'sets two dots off so that a reader may take them for the parent',
    isBrokenBy: ({ text }) => dotsSetOff.test(text),
  },
  {
    code: 'alternate-stream',
    explanation: 'names an alternate data stream',
    isBrokenBy: ({ text }) => alternateStream.test(text),
  },
  {
    code: 'reserved-name',
    explanation: 'is the name of a Windows device',
    isBrokenBy: namesDevice,
  },
  {
    code: 'reserved-name',
    explanation: 'at the beginning is reserved by the policy',
    isBrokenBy: ({ start, text }, { reservedRoots }) => start === 0 && reservedRoots.includes(text),
  },
];

/**
 * A drive of Windows, also after a scheme (`file:C:/`) and in the form that old browsers wrote (`C|/`), but not a
 * letter and a remark (`Q: x`).
 */
const drive = /^(?:file:)?[a-z](?::(?! )|\|[/\\])/i;

/** A scheme, and the slash that may follow it. */
const scheme = /^([a-z][\w+.-]*):([/\\]|(?!\s))/i;

/** A slash, the home directory of a shell, or a variable that names a directory. */
const root =
  /^(?:[/\\]|(?:~(?:root)?|\$HOME|\$\{HOME\}|%(?:systemroot|windir|systemdrive|userprofile|homepath|(?:local)?appdata|program(?:files|data)|public|te?mp)%)(?:[/\\]|$))/i;

/** Judges how one reading of the key divides into segments, and where it is rooted. */
export function judgeSegments(layer: KeyLayer, policy: ObjectKeyPolicy, log: KeyViolationLog): void {
  judgeRoot(layer, policy, log);
  const segments = segmentsOf(layer.text);
  for (const segment of segments) {
    if (log.full) return;
    if (segment.text !== '') judgeSegment(segment, layer, policy, log);
    if (layer.decodings === 0) judgeSize(segment, policy, log);
  }
  const beyond = segments[policy.maxSegments];
  if (layer.decodings === 0 && beyond !== undefined) {
    log.add('too-deep', beyond.start, `the key has more than ${policy.maxSegments} segments`);
  }
}

/** Splits at both kinds of slash, whatever the policy admits: the next reader may run on Windows. */
function segmentsOf(text: string): readonly Segment[] {
  const segments: Segment[] = [];
  let start = 0;
  for (let index = 0; index <= text.length; index++) {
    const unit = text.charCodeAt(index);
    const last = index === text.length;
    if (!last && unit !== 0x2f && unit !== 0x5c) continue;
    segments.push({ start, text: text.slice(start, index), last });
    start = index + 1;
  }
  return segments;
}

function judgeSegment(
  segment: Segment,
  layer: KeyLayer,
  policy: ObjectKeyPolicy,
  log: KeyViolationLog,
): void {
  for (const { code, explanation, isBrokenBy } of segmentRules) {
    if (!isBrokenBy(segment, policy)) continue;
    log.add(code, layer.originOf(segment.start), `a segment${layer.hint} ${explanation}`);
  }
}

/** A key is relative: nothing at its beginning may send a reader to another root. */
function judgeRoot(layer: KeyLayer, policy: ObjectKeyPolicy, log: KeyViolationLog): void {
  const { text, hint } = layer;
  const origin = layer.originOf(0);
  if (root.test(text)) {
    log.add('absolute-path', origin, `the key${hint} begins at a root, a share or a directory of the system`);
  }
  if (drive.test(text)) log.add('drive-letter', origin, `the key${hint} begins with a drive letter`);
  const [, name = '', slash] = scheme.exec(text) ?? [];
  const schemes = slash === '' ? [] : policy.refusedSchemes;
  if ([...schemes, ...policy.refusedOpaqueSchemes].includes(name.toLowerCase())) {
    log.add('url-scheme', origin, `the key${hint} begins with a URL scheme`);
  }
}

function namesDevice({ text, last }: Segment, { reservedNames }: ObjectKeyPolicy): boolean {
  if (reservedNames === 'allow') return false;
  if (port.test(text)) return true;
  const name = device.exec(text)?.[0];
  if (name === undefined) return false;
  return reservedNames === 'refuse-all' || (last && bareOrDocument.test(text.slice(name.length)));
}

/** What only the key as given can be judged by: an escape has its own length, and its own fault. */
function judgeSize(segment: Segment, policy: ObjectKeyPolicy, log: KeyViolationLog): void {
  const { start, text, last } = segment;
  if (text === '') {
    // Before a leading slash it is the root that is judged.
    if (start === 0 || (last && policy.allowTrailingSlash)) return;
    // A slash that ends the key stands before its last, empty segment.
    log.add('empty-segment', last ? start - 1 : start, 'a segment is empty');
    return;
  }
  if (!fitsIn(text, policy.maxSegmentBytes)) {
    log.add('segment-too-long', start, `a segment has more than ${policy.maxSegmentBytes} bytes of UTF-8`);
  }
  if (policy.characters === 'portable' && text.endsWith('.')) {
    log.add('unportable-character', start + text.length - 1, 'a segment ends in a dot, which Windows drops');
  }
}
