/* Tokens of JSON (RFC 8259, sections 3, 6 and 7) that are looked at byte by byte. */

/** Whether the byte stands behind a backslash, and is no `u`. */
export function isShortEscape(byte: u8): bool {
  return (
    byte == 0x22 || byte == 0x5c || byte == 0x2f || byte == 0x62 || byte == 0x66 || byte == 0x6e || byte == 0x72 ||
    byte == 0x74
  );
}

/** Behind the word that begins at `at`; 0 if that is none. */
@inline
export function endOfWord(at: usize, to: usize): usize {
  const word = load<u32>(at);
  let end = at + 4;
  let isWhole = word == 0x65757274 /* true */ || word == 0x6c6c756e /* null */;
  if (!isWhole) {
    if (word == 0x736c6166 /* fals */) {
      isWhole = load<u8>(end) == 0x65;
      // Another byte is not of the word: the last one before `to` may end the object.
      if (isWhole) end += 1;
    } else {
      const first = load<u8>(at) == 0x2d /* - */ ? at + 1 : at;
      end = load<u8>(first) == 0x30 /* 0 */ ? first + 1 : afterDigits(first, to);
      isWhole = end > first;
      if (load<u8>(end) == 0x2e /* . */) {
        const fraction = end + 1;
        end = afterDigits(fraction, to);
        isWhole = isWhole && end > fraction;
      }
      if ((load<u8>(end) | 0x20) == 0x65 /* e */) {
        const sign = load<u8>(end, 1);
        const power = sign == 0x2b || sign == 0x2d ? end + 2 : end + 1;
        end = afterDigits(power, to);
        isWhole = isWhole && end > power;
      }
    }
  }
  return (isWhole && isBehindValue(end)) || end >= to ? end : 0;
}

function isBehindValue(at: usize): bool {
  const byte = load<u8>(at);
  return byte == 0x2c || (byte | 0x20) == 0x7d;
}

function afterDigits(at: usize, to: usize): usize {
  let end = at;
  while (end < to && <u32>load<u8>(end) - 0x30 < 10) end += 1;
  return end;
}
