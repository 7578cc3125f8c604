import { type Escape, matchAt } from './object-key-escape.ts';

/** RFC 4648 §4 and §5, padded or not. No slash: as a digit of ASCII text it is rare, and it would end the segment. */
const base64 = /(?=[\w+=-]{8})([\w+-]+)={0,2}(?=[/\\]|$)/y;

/** RFC 4648 §8. */
const base16 = /((?:[\da-f]{2}){6,})(?=[/\\]|$)/iy;

/**
 * ASCII text with a separator: of random names one in a million reads so, and fewer as a path that is refused.
 * Without a colon: that is an address or JSON, which caches do name their files after.
 */
const path = /^(?=.*[/\\])[\0\t\n\r -9;-~]+$/s;

/** A segment that base64 or hexadecimal digits could fill. */
const candidate = /(?:^|[/\\])[\w+-]{6,}={0,2}(?:[/\\]|$)/;

export function mayHoldWrappedPath(text: string): boolean {
  return candidate.test(text);
}

/**
 * Reads a segment that is a whole path in base64 (`Li4vYQ==`) or hexadecimal (`2e2e2f612f62`), as readers take them
 * who hand paths on in addresses. It is no fault by itself: what comes of it is judged.
 */
export function readWrappedPath(text: string, at: number): Escape | undefined {
  if (at > 0 && !isSeparator(text.charAt(at - 1))) return undefined;
  return readAs(base16, fromBase16, text, at) ?? readAs(base64, fromBase64, text, at);
}

function isSeparator(character: string): boolean {
  return character === '/' || character === '\\';
}

function readAs(
  encoding: RegExp,
  decode: (digits: string) => string,
  text: string,
  at: number,
): Escape | undefined {
  const match = matchAt(encoding, text, at);
  if (match === null) return undefined;
  const [{ length }, digits = ''] = match;
  const value = decode(digits);
  return path.test(value) ? { kind: 'wrapped-path', length, value } : undefined;
}

function fromBase16(digits: string): string {
  return digits.replaceAll(/../g, pair => String.fromCharCode(Number.parseInt(pair, 16)));
}

/** One character a byte. A last digit alone stands for no byte, and is left out. */
function fromBase64(digits: string): string {
  const whole = digits.length % 4 === 1 ? digits.slice(0, -1) : digits;
  return atob(whole.replaceAll('-', '+').replaceAll('_', '/'));
}
