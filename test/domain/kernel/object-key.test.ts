import { describe, expect, test } from '@jest/globals';
import { parseObjectKey } from '../../../src/domain/kernel/object-key.ts';
import { defaultObjectKeyPolicy } from '../../../src/domain/kernel/object-key-policy.ts';
import { maxReportedViolations } from '../../../src/domain/kernel/object-key-violations.ts';

/** `code@position` of each violation; empty where the key is accepted. */
function faults(key: string | Uint8Array, policy = defaultObjectKeyPolicy): readonly string[] {
  const result = parseObjectKey(key, policy);
  if (result.outcome === 'accepted') return [];
  return result.violations.map(({ code, position }) => `${code}@${position}`);
}

const utf8 = (text: string) => new TextEncoder().encode(text);

describe('what people name things is accepted, and comes back as it was', () => {
  test.each([
    'report.pdf',
    'Re: offer (final) v2.pdf',
    '100% cotton.pdf',
    '100%fat-free.pdf',
    '50%off [draft] {1} #2 @home +tax & more, ok; yes=no!.txt',
    'O\'Brien\'s "quoted" ~ $5 ^ `x` <b> | *.txt',
    'What is this?.pdf',
    'Why?...pdf',
    'Notes….pdf',
    '...and more.mp3',
    'To be continued...',
    'foo..bar/a/..b/c/d../e',
    '.github/workflows/x.yml',
    'src/[...slug]/(..)photo/@modal/+page.svelte',
    'drivers/i2c/aux.c',
    'con/nul.go',
    'connect.pdf',
    'scan.pdf:Zone.Identifier',
    'registry.example.com:5000/ca.crt',
    '%name%/$HOME.md',
    'node_modules/@scope/pkg@1.2.3/index.js',
    'year=2026/month=11/part-0.parquet',
    'man/Foo::Bar.3pm',
    'File:Albert Einstein.jpg',
    'Q: and A.pdf',
    'report%20final.pdf',
    'My%2520File.pdf',
    'caf%C3%A9.pdf',
    'caf%E9.pdf',
    '%u4E2D%u6587.pdf',
    'libfoo_7%3a5.1.deb',
    'AT&T &amp; R&D &copy.txt',
    '&lt;x&gt; &#x110000; &#.md',
    '100%sure %fe',
    'contracts/0x2f3a9bcd1234567890abcdef1234567890abcdef.json',
    'reg-0x00-0x2f.bin',
    '0x2f9a.bin',
    'résumé.pdf',
    'résumé.pdf',
    '文档/報告（最終版）.docx',
    '質問／回答.pdf',
    'AC⧸DC.mp4',
    '½ cup, 1⁄2 cup.pdf',
    'Screenshot at 1.02.03\u202fPM.png',
    'ＡＢＣ　全角.txt',
    'می\u200cخواهم.pdf',
    'क्\u200dष.pdf',
    '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}.png',
    '❤\ufe0f\u200d\u{1f525} 1\ufe0f\u20e3.png',
    '\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}.png',
    '葛\u{e0100}.txt',
    '~$locked.doc',
    '-rf',
    ' leading and trailing ',
    '????/notes.txt',
    '[...]/(..)photo/{a,b}.vue',
    'a..2f/x',
    // Names that are base64 or hexadecimal of no path: words, numbers, text, an address, a digest, JSON.
    'LyricsView/Li4ion/L2Cache',
    '202020202020',
    'L2FiYw/L2Fi',
    'SGVsbG8gd29ybGQ=',
    'aHR0cHM6Ly9leGFtcGxlLmNvbS9h',
    '2f5c2e2e9a0b1c2d3e4f5061728394a5b6c7d8e9',
    'eyJwYXRoIjoiL2EvLi4vYiJ9',
    'Li4vYQ==.pdf/identifier',
    'local_file.txt',
    'local_file: a.txt',
  ])('%j', key => {
    expect(parseObjectKey(key)).toEqual({ outcome: 'accepted', key });
    expect(parseObjectKey(utf8(key))).toEqual({ outcome: 'accepted', key });
  });
});

describe('a key is refused, with the code and the place', () => {
  test.each<[string, ...string[]]>([
    // Traversal as it stands.
    ['../x', 'dot-segment@0'],
    ['a/../x', 'dot-segment@2'],
    ['a/..', 'dot-segment@2'],
    ['./x', 'dot-segment@0'],
    ['a/.../x', 'dot-segment@2'],
    ['a/.. /x', 'dot-segment@2'],
    ['a/. ./x', 'dot-segment@2'],
    ['??/x', 'dot-segment@0'],
    ['.?/x', 'dot-segment@0'],
    ['..+/x', 'dot-segment@0'],
    ['..;/x', 'dot-segment@0'],
    ['.;/x', 'dot-segment@0'],
    ['..;a=b/x', 'dot-segment@0'],
    ['page.php?file=../x', 'dot-segment@0'],
    ['.[.]/x', 'dot-segment@0'],
    ['a/{..}/x', 'dot-segment@2'],
    [".'.'/x", 'dot-segment@0'],
    ['.^./x', 'dot-segment@0'],
    ['..2f..2fx', 'dot-segment@0'],
    ['a/..5Cx', 'dot-segment@2'],
    ['....//x', 'dot-segment@0', 'empty-segment@5'],
    ['..\\x', 'dot-segment@0', 'backslash@2'],
    ['a/..\\../x', 'dot-segment@2', 'backslash@4', 'dot-segment@5'],
    // Roots.
    ['/etc/passwd', 'absolute-path@0'],
    ['~/.ssh/id', 'absolute-path@0'],
    ['~root', 'absolute-path@0'],
    ['$\u007bHOME}/x', 'absolute-path@0'],
    ['$home/x', 'absolute-path@0'],
    ['%WinDir%/win.ini', 'absolute-path@0'],
    ['\\\\server\\share', 'backslash@0', 'absolute-path@0', 'backslash@1', 'empty-segment@1', 'backslash@8'],
    ['%ProgramFiles%/x', 'absolute-path@0'],
    ['%localAppData%/x', 'absolute-path@0'],
    ['%temp%', 'absolute-path@0'],
    ['C:boot.ini', 'drive-letter@0'],
    ['file:C:boot.ini', 'drive-letter@0'],
    ['c|/boot.ini', 'drive-letter@0'],
    ['file:/etc/passwd', 'url-scheme@0'],
    ['FILE:/etc', 'url-scheme@0'],
    ['php:filter', 'url-scheme@0'],
    ['local_file:/x', 'url-scheme@0'],
    ['zlib:/x', 'url-scheme@0'],
    ['bzip2:/x', 'url-scheme@0'],
    ['classpath:/x', 'url-scheme@0'],
    ['http://x/y', 'url-scheme@0', 'empty-segment@6'],
    // Segments.
    ['a//b', 'empty-segment@2'],
    ['a/', 'empty-segment@1'],
    ['a/ /b', 'empty-segment@2'],
    ['a.txt::$DATA', 'alternate-stream@0'],
    ['b/a.jpg:c.php', 'alternate-stream@2'],
    ['a/b.txt:$DATA', 'alternate-stream@2'],
    ['a.asax:.jpg', 'alternate-stream@0'],
    ['a.phtml:x', 'alternate-stream@0'],
    ['uploads/NUL', 'reserved-name@8'],
    ['com1.txt', 'reserved-name@0'],
    ['a/LPT9/b', 'reserved-name@2'],
    ['a/con.PDF', 'reserved-name@2'],
    ['aux.tar .zip', 'reserved-name@0'],
    ['NUL .', 'reserved-name@0'],
    ['con:x', 'reserved-name@0'],
    // Percent signs.
    ['%2e%2e/x', 'encoded-delimiter@0', 'dot-segment@0', 'encoded-delimiter@3'],
    ['a%2Fb', 'encoded-delimiter@1'],
    ['a%5cb', 'encoded-delimiter@1'],
    ['a%252fb', 'encoded-delimiter@1'],
    ['a%25252fb', 'encoded-delimiter@1'],
    ['a%u2215b', 'encoded-delimiter@1'],
    ['a%uff0eb', 'encoded-delimiter@1'],
    ['a%uEFC8b', 'encoded-delimiter@1'],
    ['a%uF025b', 'encoded-delimiter@1'],
    ['a%u{2f}b', 'encoded-delimiter@1'],
    ['a%ef%bc%8fb', 'encoded-delimiter@1'],
    ['%00x', 'null-byte@0'],
    ['a%2500', 'null-byte@1'],
    ['a%0d%0ab', 'control-character@1', 'control-character@4'],
    ['a%e2%80%aeb', 'bidi-control@1'],
    ['..%20/x', 'dot-segment@0'],
    ['..%a0/x', 'dot-segment@0'],
    ['a/%20/b', 'empty-segment@2'],
    ['a%%32%66b', 'nested-encoding@1', 'encoded-delimiter@1'],
    ['..%%32%%66x', 'nested-encoding@2', 'nested-encoding@6'],
    ['a%2525252525252fb', 'nested-encoding@1'],
    ['a%uD800b', 'lone-surrogate@1'],
    // Sequences that only a lax decoder of UTF-8 reads.
    ['..%c0%af', 'dot-segment@0', 'overlong-utf8@2'],
    ['a%25c0%25afb', 'overlong-utf8@1'],
    ['a%e0%80%afb', 'overlong-utf8@1'],
    ['a%e0%40%aeb', 'overlong-utf8@1'],
    ['a%f0%80%80%afb', 'overlong-utf8@1'],
    ['a%f8%80%80%80%afb', 'overlong-utf8@1'],
    ['a%fc%80%80%80%80%afb', 'overlong-utf8@1'],
    ['a%c0%2eb', 'overlong-utf8@1'],
    ['a%c0%eeb', 'overlong-utf8@1'],
    ['a%c0%9vb', 'overlong-utf8@1'],
    ['a%c1%pcb', 'overlong-utf8@1'],
    ['a%bg%qfb', 'overlong-utf8@1'],
    ['a%s0%afb', 'overlong-utf8@1'],
    ['aÀ¯b', 'overlong-utf8@1'],
    ['a%c0.b', 'malformed-encoding@1'],
    ['a%ff%feb', 'malformed-encoding@1'],
    ['a%ed%a0%80', 'malformed-encoding@1'],
    ['a%e0%9f%bf', 'malformed-encoding@1'],
    ['a%f4%90%80%80', 'malformed-encoding@1'],
    // Other ways to write a dot or a slash.
    ['a&#47;b', 'encoded-delimiter@1'],
    ['a&#x2f;b', 'encoded-delimiter@1'],
    ['a&#46b', 'encoded-delimiter@1'],
    ['a&sol;b', 'encoded-delimiter@1'],
    ['a&amp;#47;b', 'encoded-delimiter@1'],
    ['a&NewLine;b', 'control-character@1'],
    ['a\\x2fb', 'backslash@1', 'encoded-delimiter@1'],
    ['a\\u002fb', 'backslash@1', 'encoded-delimiter@1'],
    ['a\\u{2f}b', 'backslash@1', 'encoded-delimiter@1'],
    ['a\\057b', 'backslash@1', 'encoded-delimiter@1'],
    ['a\\b', 'backslash@1'],
    ['0x2e0x2e/x', 'dot-segment@0'],
    ['a/..0x2fetc', 'dot-segment@2'],
    ['..0x2fface', 'dot-segment@0'],
    ['a0x2f.. 0x2ff', 'dot-segment@5'],
    ['0x250x320x65', 'encoded-delimiter@0', 'dot-segment@0'],
    // Segments that are a path as a whole: ../a, ..\\abc, ../~~?, /etc/passwd, etc/shadow%00, x/../y.
    ['a/Li4vYQ==', 'dot-segment@2'],
    ['Li5cYWJj', 'dot-segment@0'],
    ['Li4vfn4_/b', 'dot-segment@0'],
    ['L2V0Yy9wYXNzd2Q=', 'absolute-path@0'],
    ['L2V0Yy9wYXNzd2Q%3D', 'absolute-path@0'],
    ['ZXRjL3NoYWRvdyUwMA==', 'null-byte@0'],
    ['eC8uLi95a', 'dot-segment@0'],
    ['a/2e2e2f612f62', 'dot-segment@2'],
    ['2F6574632f706173737764', 'absolute-path@0'],
    ['．．／x', 'dot-segment@0'],
    ['a/․․/x', 'dot-segment@2'],
    ['…a/．．/x', 'dot-segment@3'],
    ['‥/x', 'dot-segment@0'],
    ['a/…', 'dot-segment@2'],
    ['a/。。/b', 'dot-segment@2'],
    ['..∖x', 'dot-segment@0'],
    ['..﹨x', 'dot-segment@0'],
    ['／etc', 'absolute-path@0'],
    ['Ｃ：＼x', 'drive-letter@0'],
    ['％２ｆetc', 'encoded-delimiter@0', 'absolute-path@0'],
    // Characters.
    ['a\0b', 'null-byte@1'],
    ['a\rb', 'control-character@1'],
    ['a\x7fb', 'control-character@1'],
    ['a\x85b', 'control-character@1'],
    ['a\u2028b', 'control-character@1'],
    ['in\u202efdp.exe', 'bidi-control@2'],
    ['a\u200fb', 'bidi-control@1'],
    ['a\u200bb', 'invisible-character@1'],
    ['pay\u00adpal', 'invisible-character@3'],
    ['\ufeffa', 'invisible-character@0'],
    ['a\u200db', 'invisible-character@1'],
    ['.\ufe0f./x', 'dot-segment@0', 'invisible-character@1'],
    ['a\u{e0067}', 'invisible-character@1'],
    ['a\ud800b', 'lone-surrogate@1'],
    ['a\udc00', 'lone-surrogate@1'],
    ['\u{1f600}\ud83d', 'lone-surrogate@2'],
    ['a\ufffe', 'noncharacter@1'],
    ['a\ufdd0', 'noncharacter@1'],
    ['a\ufffdb', 'invalid-utf8@1'],
    ['', 'empty-key@0'],
  ])('%j', (key, ...expected) => {
    expect(faults(key)).toEqual(expected);
  });
});

describe('limits', () => {
  test.each<[string, string, ...string[]]>([
    [
      '1024 bytes',
      `${'a/'.repeat(2)}${'b'.repeat(254)}/${'c'.repeat(255)}/${'d'.repeat(255)}/${'e'.repeat(251)}`,
    ],
    ['64 segments', 'a/'.repeat(63).concat('b')],
    ['a segment of 765 bytes, 255 characters', '報'.repeat(255)],
    ['a byte more than 1024', 'a'.repeat(1025), 'too-long@1024'],
    ['a character across the limit', `${'a'.repeat(1023)}é`, 'too-long@1023'],
    ['pairs across the limit', `aa${'\u{1f600}'.repeat(256)}`, 'too-long@512'],
    ['65 segments', 'a/'.repeat(64).concat('b'), 'too-deep@128'],
    ['a segment of 768 bytes', `x/${'報'.repeat(256)}`, 'segment-too-long@2'],
  ])('%s', (_, key, ...expected) => {
    expect(faults(key)).toEqual(expected);
    expect(faults(utf8(key))).toEqual(expected);
  });

  test('a key that is too long is not read further', () => {
    expect(faults('../'.repeat(1_000_000))).toEqual(['too-long@1024']);
    expect(faults(new Uint8Array(1_000_000))).toEqual(['too-long@1024']);
  });

  test('violations are bounded and in order of position', () => {
    const result = parseObjectKey('%2e%2e/'.repeat(40));
    const positions = result.outcome === 'refused' ? result.violations.map(({ position }) => position) : [];
    expect(positions).toHaveLength(maxReportedViolations);
    expect(positions).toEqual(positions.toSorted((a, b) => a - b));
  });
});

describe('bytes', () => {
  test.each<[string, number[], ...string[]]>([
    ['an overlong slash', [0x61, 0xc0, 0xaf, 0x62], 'invalid-utf8@1', 'invalid-utf8@2'],
    ['a lone continuation byte after a pair', [0xf0, 0x9f, 0x98, 0x80, 0x80], 'invalid-utf8@2'],
    ['a sequence cut short', [0x61, 0xe2, 0x82], 'invalid-utf8@1'],
    ['a surrogate in UTF-8', [0xed, 0xa0, 0x80], 'invalid-utf8@0', 'invalid-utf8@1', 'invalid-utf8@2'],
    ['a byte order mark', [0xef, 0xbb, 0xbf, 0x61], 'invisible-character@0'],
    ['nothing', [], 'empty-key@0'],
  ])('%s', (_, bytes, ...expected) => {
    expect(faults(Uint8Array.from(bytes))).toEqual(expected);
  });
});

test('explanations name code points and never repeat the key', () => {
  const result = parseObjectKey('secret-\u202e\x1b[31m/../%2e\\');
  const explanations = result.outcome === 'refused' ? result.violations.map(v => v.explanation) : [];
  expect(explanations).toContain('U+202E: the character reorders what people see');
  for (const explanation of explanations) expect(explanation).not.toMatch(/secret|\p{Cc}|\p{Cf}/u);
});
