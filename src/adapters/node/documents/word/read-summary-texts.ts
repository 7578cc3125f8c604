const ansiString = 0x1e;
const wideString = 0x1f;

/** Texts of a stream of document properties (MS-OLEPS 2.21); those that cannot be followed are left out. */
export function readSummaryTexts(stream: Buffer): string[] {
  const texts: string[] = [];
  if (stream.length < 48) return texts;
  const sections = Math.min(stream.readUInt32LE(24), 2);
  for (let section = 0; section < sections && 48 + section * 20 <= stream.length; section += 1) {
    texts.push(...textsOfSection(stream, stream.readUInt32LE(44 + section * 20)));
  }
  return texts;
}

function textsOfSection(stream: Buffer, start: number): string[] {
  if (start + 8 > stream.length) return [];
  const count = Math.min(stream.readUInt32LE(start + 4), 1_000);
  const texts: string[] = [];
  for (let index = 0; index < count && start + 16 + index * 8 <= stream.length; index += 1) {
    const text = textAt(stream, start + stream.readUInt32LE(start + 12 + index * 8));
    if (text !== undefined) texts.push(text);
  }
  return texts;
}

function textAt(stream: Buffer, at: number): string | undefined {
  if (at + 8 > stream.length) return undefined;
  const kind = stream.readUInt32LE(at);
  if (kind !== ansiString && kind !== wideString) return undefined;
  const length = stream.readUInt32LE(at + 4) * (kind === wideString ? 2 : 1);
  const bytes = stream.subarray(at + 8, at + 8 + length);
  return new TextDecoder(kind === wideString ? 'utf-16le' : 'windows-1252')
    .decode(bytes)
    .replaceAll('\0', '');
}
