import { Readable } from 'node:stream';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { describe, expect, jest, test } from '@jest/globals';
import { InflateKernels } from '../../../src/domain/kernel/gzip-inflate/inflate-kernel.ts';
import { filterTrailLog } from '../../../src/domain/trail/filter-trail-log.ts';
import { compileTrailRules } from '../../../src/domain/trail/trail-rules.ts';
import { PortError } from '../../../src/ports/failure.ts';
import { chunked, type LogAsRead, readLog, rules } from './fixtures/read-log.ts';

const login = '{"eventVersion":"1.11","eventName":"ConsoleLogin"}';
const stop =
  '{"eventVersion":"1.11","eventName":"StopLogging","requestParameters":{"Records":[{"eventName":"ConsoleLogin"}]}}';
const other =
  '{"eventVersion":"1.11","eventName":"GetObject","text":"\\",{\\"Records\\":[{\\"eventName\\":\\"ConsoleLogin\\"}"}';
const digest =
  '{"awsAccountId":"111122223333","digestS3Bucket":"logs","digestS3Object":"key","logFiles":[{"s3Object":"a"}]}';

/** A match of so many levels. */
function deep(levels: number): string {
  return `{"eventName":"ConsoleLogin","a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;
}

function wrongChecksum(text: string): Buffer {
  const bytes = gzipSync(text);
  return bytes.fill(1, bytes.length - 8, bytes.length - 4);
}

/** What was read, as places and codes; the same however the log comes. */
async function outcome(
  text: string,
): Promise<{ places: number[]; records: number; fault: string; message: string }> {
  const bytes = Buffer.from(text);
  const zipped = gzipSync(bytes);
  const readings = [
    await readLog(bytes),
    await readLog(chunked(bytes, 1)),
    await readLog(chunked(bytes, 7, 2, 0, 5)),
    await readLog(zipped),
    await readLog(chunked(zipped, 1)),
  ];
  const [first, ...rest] = readings.map(asOutcome);
  for (const each of rest) expect(each).toEqual(first);
  return first as ReturnType<typeof asOutcome>;
}

function asOutcome({ matches, records, error }: LogAsRead) {
  const { code = '', message = '' } = (error ?? {}) as { code?: string; message?: string };
  return { places: matches.map(({ index }) => index), records, fault: code, message };
}

describe('a log that can be read', () => {
  test.each([
    ['an envelope', `{"Records":[${login},${other},${stop}]}`, [0, 2], 3],
    [
      'an envelope among other keys',
      `{"a":{"Records":[1]},"b":"Records","Records":[${login}],"c":[${login}]}`,
      [0],
      1,
    ],
    ['an escaped key', `{"\\u0052ecord\\u0073":[${login}]}`, [0], 1],
    [
      'a key that only looks like it',
      `{"records":[${stop}],"Records ":[${stop}],"Records":[${login}]}`,
      [0],
      1,
    ],
    ['a bare array', `[${other},${login}]`, [1], 2],
    ['JSON lines', `${login}\n${other}\r\n${stop}\n`, [0, 2], 3],
    ['one record', login, [0], 1],
    ['one record over many lines', JSON.stringify(JSON.parse(stop), null, 2), [0], 1],
    [
      'envelopes, an array and a record',
      `{"Records":[${login}]}{"Records":[]} [${stop},${other}]\n${stop}`,
      [0, 1, 3],
      4,
    ],
    ['a byte order mark', `\ufeff{"Records":[${login}]}`, [0], 1],
    ['blanks', ` \n\t{ "Records" : [ ${login} , ${stop} ] }\r\n `, [0, 1], 2],
    ['no records', '{"Records":[]}', [], 0],
    ['no records in an array', '[]', [], 0],
    ['elements that are no objects', `{"Records":[null,1,"x",[5,[]],true,-1e5,${login},"{","{}"]}`, [6], 1],
    ['a record of no known key, in a list', '{"Records":[{"a":1}]}', [], 1],
    ['an eventName that is no string', '[{"eventName":["ConsoleLogin"]}]', [], 1],
    ['an eventName twice: the last counts', '[{"eventName":"x","eventName":"ConsoleLogin"}]', [0], 1],
    ['an eventName twice: the first does not', '[{"eventName":"ConsoleLogin","eventName":"x"}]', [], 1],
    ['an insight', '{"eventType":"AwsCloudTrailInsight","insightDetails":{"state":"Start"}}', [], 1],
    ['a quote, a bracket and a backslash in strings', `[{"a":"\\\\","b":"]}\\"","c":"{["},${login}]`, [1], 2],
    ['nesting of a thousand', `[${deep(1000)}]`, [0], 1],
    ['nesting where no rule matches', `[${deep(3000).replace('Login', '')},${login}]`, [1], 2],
  ])('%s', async (_form, text, places, records) => {
    expect(await outcome(text)).toEqual({ places, records, fault: '', message: '' });
  });

  test('gives the record, its rules in their order, its place and its very text', async () => {
    const text = '{ "eventName": "ConsoleLogin", "big": 12345678901234567890, "s": "\\u00e9é😀" }';
    const both = compileTrailRules({
      monitoredEvents: ['ConsoleLogin'],
      rules: [{ id: 'sign-in', title: 'Sign-in', monitoredEvents: ['X', 'ConsoleLogin'] }],
    });
    const { matches } = await readLog(chunked(Buffer.from(`[${other},${text}]`), 3), {}, both);
    expect(matches).toEqual([
      { record: JSON.parse(text) as unknown, rules: ['ConsoleLogin', 'sign-in'], index: 1, text },
    ]);
  });

  test('a digest holds no records, and is told when it has been read', async () => {
    const log = filterTrailLog(chunked(Buffer.from(` ${digest}\n`), 10), rules);
    for await (const match of log) expect(match).toBeUndefined();
    expect(log.progress).toMatchObject({ digest: true, foreign: false, records: 0 });
  });

  test('a record that says what a digest says is a record', async () => {
    const read = await readLog(Buffer.from(`{"digestS3Object":"key",${login.slice(1)}`));
    expect(read).toMatchObject({ digest: false, records: 1, matches: [{ index: 0 }], error: undefined });
  });
});

describe('a log that cannot be read whole', () => {
  test.each([
    ['no bytes', '', [], 'empty', 'nothing'],
    ['only blanks', ' \n ', [], 'empty', 'nothing'],
    ['only a byte order mark', '\ufeff', [], 'empty', 'nothing'],
    ['Records that are null', '{"Records":null}', [], 'not-a-log', 'Records that are no array'],
    [
      'Records that are an object',
      `{"a":1,"Records":{"0":${login}}}`,
      [],
      'not-a-log',
      'Records that are no array',
    ],
    [
      'a digest with Records that are no array',
      `{"Records":null,${digest.slice(1)}`,
      [],
      'not-a-log',
      'Records that are',
    ],
    ['Records twice', `{"Records":[${login}],"Records":[${stop}]}`, [0, 1], 'not-a-log', 'Records 2 times'],
    [
      'Records twice, once escaped',
      `{"\\u0052ecords":[${login}],"Records":1}`,
      [0],
      'not-a-log',
      'Records 2 times',
    ],
    ['an object of another form', '{"Events":[]}', [], 'not-a-log', 'Record 0, at byte 0,'],
    ['a line of another form', `${login}\n{"a":1}\n${stop}`, [0, 2], 'not-a-log', 'Record 1, at byte 51,'],
    ['an array of envelopes', `[{"Records":[${login}]}]`, [], 'not-a-log', 'Records of its own'],
    ['a number', '5', [], 'not-a-log', 'neither an object nor an array'],
    ['a string', '"ConsoleLogin"', [], 'not-a-log', 'neither an object nor an array'],
    ['text', `hello, {world}\n${login}`, [1], 'not-json', 'Record 0, at byte 0,'],
    ['text that does not end', `${login}\nhello`, [0], 'not-json', 'Record 1, at byte 51,'],
    [
      'a record that is no JSON',
      `{"Records":[${login},{"a":nope},${stop}]}`,
      [0, 2],
      'not-json',
      'Record 1, at byte 63,',
    ],
    ['a scalar that is no JSON', `[nul,${login}]`, [1], 'not-json', 'Record 0, at byte 1,'],
    ['a string that is no JSON', `["\\x",${login}]`, [1], 'not-json', 'Record 0, at byte 1,'],
    ['a line feed in a string', `[{"a":"\n"},${login}]`, [1], 'not-json', 'Record 0, at byte 1,'],
    [
      'an envelope that is no JSON',
      `{"a":nope,"Records":[${login}]}`,
      [0],
      'not-json',
      'object at byte 0, around its Records',
    ],
    ['an envelope without a colon', `{"Records" [${login}]}`, [], 'not-json', 'Record 0, at byte 0,'],
    ['an envelope without a comma', `{"Records":[${login}]"a":1}`, [0], 'not-json', 'around its Records'],
    ['an envelope that ends as an array', `{"Records":[${login}]]`, [0], 'not-json', 'around its Records'],
    ['a comma too many', `[${login},]`, [0], 'not-json', 'unexpected byte at 52'],
    ['a comma at the start', `[,${login}]`, [], 'not-json', 'unexpected byte at 1'],
    ['a comma missing', `[${login} ${stop}]`, [0], 'not-json', 'unexpected byte at 52'],
    ['a brace for a bracket', `[${login}}`, [0], 'not-json', 'unexpected byte at 51'],
    ['a colon in a list', `[${login}:1]`, [0], 'not-json', 'unexpected byte at 51'],
    ['a string next to a scalar', `[1"x",${login}]`, [], 'not-json', 'unexpected byte at 2'],
    ['commas between lines', `${login},\n${stop}`, [0, 2], 'not-json', 'Record 1, at byte 50,'],
    ['a bracket too many', `[${login}]]`, [0], 'not-json', 'Record 1, at byte 52,'],
    ['something after the end', `{"Records":[${login}]} x`, [0], 'not-json', 'Record 1, at byte 65,'],
    [
      'a byte order mark on a later line',
      `${login}\n\ufeff${stop}`,
      [0],
      'not-json',
      'Record 1, at byte 51,',
    ],
    ['a match that nests too deep', `[${deep(1001)},${login}]`, [1], 'not-json', 'more than 1000 levels'],
    ['a line that nests too deep', `${deep(3000)}\n${login}`, [1], 'not-json', 'more than 1000 levels'],
    [
      'an end within a record',
      `{"Records":[${login},{"a`,
      [0],
      'truncated',
      'at byte 66 (records before it: 1)',
    ],
    ['an end within a line', `${login}\n{"eventName"`, [0], 'truncated', 'at byte 63'],
    ['an end within an escape', `[${login},"a\\`, [0], 'truncated', 'ends within a value'],
    ['an end before the last brace', `{"Records":[${login}]`, [0], 'truncated', 'ends within a value'],
    ['two faults: the first is told', `[{"a":nope},${login},`, [1], 'not-json', 'Record 0, at byte 1,'],
  ])('%s', async (_fault, text, places, fault, message) => {
    expect(await outcome(text)).toMatchObject({ places, fault, message: expect.stringContaining(message) });
  });

  test.each([
    ['a record before it', `${login}\n${digest}`, 1, 'Record 1, at byte 51, is a digest among other values'],
    ['a record after it', `${digest}\n${login}`, 1, 'Record 0, at byte 0, is a digest among other values'],
    ['an envelope after it', `${digest}{"Records":[]}`, 0, 'Record 0, at byte 0, is a digest among'],
    ['an empty array after it', `${digest}[]`, 0, 'Record 0, at byte 0, is a digest among'],
    ['another one after it', `${digest}\n${digest}`, 0, 'Record 0, at byte 0, is a digest among'],
  ])('a digest hides nothing: %s', async (_neighbour, text, records, message) => {
    const read = await readLog(Buffer.from(text));
    expect(read).toMatchObject({ digest: false, foreign: false, records });
    expect(read.error).toMatchObject({ code: 'not-a-log', message: expect.stringContaining(message) });
  });

  test.each([
    ['text after it', Buffer.from(`${digest} x`)],
    ['an end before its own', Buffer.from(digest.slice(0, -1))],
    ['a wrong checksum', wrongChecksum(digest)],
  ])('a digest with %s is none', async (_fault, bytes) => {
    expect(await readLog(bytes)).toMatchObject({ digest: false, foreign: false, error: expect.any(Error) });
  });

  test.each([
    ['an object of another form', '{"Events":[5,[],{"a":{}}],"detail":{"a":1}}', true],
    ['an event of EventBridge', `{"detail":${login}}`, false],
    ['an answer of LookupEvents', `{"Events":[{"CloudTrailEvent":${JSON.stringify(login)}}]}`, false],
    ['records under another key', `{"records":[${login}]}`, false],
    ['an empty object', ' {}\n', true],
    ['a record', login, false],
    ['an envelope', `{"Records":[${login}]}`, false],
    ['Records that are no array', '{"Records":null}', false],
    ['two objects', '{}{}', false],
    ['an object and an array', '{}[]', false],
    ['an object before text', '{} x', false],
    ['an object before a brace', '{} {', false],
    ['an array', '[{"a":1}]', false],
    ['a number', '5', false],
    ['an object that is no JSON', '{"a":nope}', false],
    ['nothing', '', false],
  ])('tells what has nothing of a log: %s', async (_form, text, foreign) => {
    const { error, ...progress } = await readLog(Buffer.from(text));
    expect(progress).toMatchObject({ foreign, digest: false });
    if (foreign) expect(error).toMatchObject({ code: 'not-a-log' });
  });

  test('a fault of a record comes before one of the compression', async () => {
    const { error } = await readLog(wrongChecksum(`[{"a":nope},${login}]`));
    expect(error).toMatchObject({ code: 'not-json', message: 'Record 0, at byte 1, is no JSON' });
    expect((await readLog(wrongChecksum(`[${login}]`))).error).toMatchObject({ code: 'damaged-gzip' });
  });

  test('one whose checksum is wrong is not known to have nothing of a log', async () => {
    const read = await readLog(wrongChecksum('{"a":1}'));
    expect(read).toMatchObject({ foreign: false, error: { code: 'not-a-log' } });
  });

  test.each([
    ['an array', `[${login}]`, 'an array'],
    ['an array in an array', `[[],[[${login}]]]`, 'an array'],
    ['an array of envelopes', `[{"Records":[${login}]}]`, 'an array'],
    ['an envelope', `{"Records":[]}`, 'Records of its own'],
    ['its text', JSON.stringify(login), 'a string'],
    ['the text of an envelope', JSON.stringify(` {"Records":[${login}]}`), 'a string'],
    ['the text of an array', JSON.stringify(`[${login}]`), 'a string'],
    [
      'an answer of LookupEvents',
      '{"EventName":"ConsoleLogin","CloudTrailEvent":"…"}',
      'its CloudTrailEvent',
    ],
    ['an event of EventBridge', `{"detail-type":"x","detail":${login}}`, 'its detail'],
  ])('a record is not passed over within %s', async (_wrapper, text, within) => {
    for (const [before, after] of [
      ['{"Records":[', ']}'],
      ['[', ']'],
    ]) {
      const read = await readLog(Buffer.from(`${before}{"x":1},${text},${stop}${after}`));
      expect(read).toMatchObject({ records: 2, matches: [{ index: 2 }] });
      expect(read.error).toMatchObject({
        code: 'not-a-log',
        message: expect.stringMatching(
          new RegExp(`^Record 1, at byte \\d+, holds a record within ${within}$`),
        ),
      });
    }
  });

  test('a record may hold what wraps one elsewhere', async () => {
    const wrapping = `{"detail":${stop},"CloudTrailEvent":"x","Records":[${stop}],${login.slice(1)}`;
    expect(await readLog(Buffer.from(`[${wrapping}]`))).toMatchObject({ records: 1, error: undefined });
  });

  test('an object says what wraps the record in it', async () => {
    const read = await readLog(Buffer.from(`{"detail":${login}}`));
    expect(read.error).toMatchObject({
      message: 'Record 0, at byte 0, holds no Records and holds a record within its detail',
    });
  });

  test('bytes that only begin as a byte order mark are no JSON', async () => {
    const { error } = await readLog(Buffer.from([0xef, 0xbb, ...Buffer.from(login)]));
    expect(error).toMatchObject({
      code: 'not-json',
      message: 'The log has an unexpected byte at 2 (records before it: 0)',
    });
    expect((await readLog(Buffer.from([0xef]))).error).toMatchObject({ code: 'truncated' });
  });

  test.each([
    ['the envelope', `{"Records":[${stop},${login}],"end":1}`],
    ['the array', `[${stop}, ${login}]`],
  ])('cut at any byte, %s is never taken for whole', async (_form, text) => {
    const plain = Buffer.from(text);
    const whole = (await readLog(plain)).matches;
    expect(whole).toHaveLength(2);
    for (const bytes of [plain, gzipSync(plain)]) {
      for (let cut = 0; cut < bytes.length; cut += 1) {
        const { matches, error } = await readLog(chunked(bytes.subarray(0, cut), 5));
        expect([cut, matches]).toEqual([cut, whole.slice(0, matches.length)]);
        expect([cut, error]).toMatchObject([cut, { code: faultOfCut(bytes, cut) }]);
      }
    }
  });

  function faultOfCut(bytes: Buffer, cut: number): string {
    if (cut === 0) return 'empty';
    // The first byte of gzip alone says nothing yet.
    return cut === 1 && bytes[0] === 0x1f ? 'not-json' : 'truncated';
  }

  test('nests as deep as it likes without harm', async () => {
    for (const text of [`[${deep(100_000)},${login}]`, `${deep(100_000)}\n${login}`]) {
      const { matches, error } = await readLog(Buffer.from(text));
      expect(matches.map(({ index }) => index)).toEqual([1]);
      expect(error).toMatchObject({ code: 'not-json' });
    }
  });

  test('is given up after a thousand faults', async () => {
    const log = await readLog(Buffer.from(`${'x\n'.repeat(999)}${login}\n`));
    expect(log).toMatchObject({ records: 1, error: { message: 'Record 0, at byte 0, is no JSON' } });
    const worse = await readLog(Buffer.from(`${'x\n'.repeat(1000)}${login}\n`));
    expect(worse).toMatchObject({ records: 0, error: { message: 'Record 0, at byte 0, is no JSON' } });
  });

  test('a fault says where, and nothing of the log', async () => {
    const secret = 'AKIAIOSFODNN7EXAMPLE';
    for (const text of [
      `[{"a":${secret}}]`,
      secret,
      `{"${secret}":1}`,
      `[1"${secret}"]`,
      `{"Records":{"${secret}":1}}`,
    ]) {
      const { error } = await readLog(Buffer.from(text));
      expect(error).toBeInstanceOf(Error);
      expect(JSON.stringify([String(error), (error as Error).stack, (error as Error).cause])).not.toContain(
        secret,
      );
    }
  });
});

describe('a record that is too large', () => {
  const large = `{"eventName":"ConsoleLogin","a":"${'x'.repeat(1000)}"}`;

  test.each([
    ['in a list', `[${login},${large},${stop}]`, 52],
    ['in an envelope', `{"Records":[${login},${large}]}`, 63],
    ['on a line', `${login}\n${large}`, 51],
    ['a scalar', `[${login},${'1'.repeat(1000)}]`, 52],
    ['a line of text', `${login}\n${'x'.repeat(1000)}`, 51],
    ['what surrounds the records', `{"Records":[${login}],"a":"${'x'.repeat(1000)}"}`, 0],
  ])('%s ends the reading, however the log is cut', async (_place, text, offset) => {
    for (const size of [1, 100, 10_000]) {
      const { matches, error } = await readLog(chunked(Buffer.from(text), size), { maxRecordBytes: 900 });
      expect([size, matches.length]).toEqual([size, 1]);
      expect(error).toMatchObject({
        code: 'record-too-large',
        message: `The log holds more than 900 bytes in one piece, from byte ${offset} on (records before it: 1)`,
      });
    }
  });

  test('is one byte larger than what is read', async () => {
    const bytes = Buffer.from(`[${large}]`);
    for (const size of [64, 10_000]) {
      expect(await readLog(chunked(bytes, size), { maxRecordBytes: large.length })).toMatchObject({
        records: 1,
      });
      const refused = await readLog(chunked(bytes, size), { maxRecordBytes: large.length - 1 });
      expect(refused).toMatchObject({ records: 0, error: { code: 'record-too-large' } });
    }
  });
});

describe('progress', () => {
  test('tells what has been read so far', async () => {
    const bytes = gzipSync(`{"Records":[${other},${login},${other},${stop}]}`);
    const log = filterTrailLog(bytes, rules);
    expect({ ...log.progress }).toEqual({ bytes: 0, records: 0, matches: 0, digest: false, foreign: false });
    const seen: unknown[] = [];
    for await (const { index } of log) seen.push([index, log.progress.records, log.progress.matches]);
    expect(seen).toEqual([
      [1, 2, 1],
      [3, 4, 2],
    ]);
    expect({ ...log.progress }).toEqual({
      bytes: bytes.length,
      records: 4,
      matches: 2,
      digest: false,
      foreign: false,
    });
  });

  test('the matches are read once', async () => {
    const log = filterTrailLog(Buffer.from(`[${login}]`), rules);
    for await (const match of log) expect(match.index).toBe(0);
    expect(log.progress.matches).toBe(1);
    expect(() => log[Symbol.asyncIterator]()).toThrow('read once');
  });
});

function shared(text: string): Uint8Array {
  const bytes = new Uint8Array(new SharedArrayBuffer(text.length));
  bytes.set(Buffer.from(text));
  return bytes;
}

describe('the source', () => {
  test.each([
    ['empty chunks among others', chunked(Buffer.from(`[${login}]`), 0, 4, 0, 0, 3)],
    ['a view of a larger buffer', Buffer.from(`garbage[${login}]garbage`).subarray(7, -7)],
    [
      'an array of another realm',
      runInNewContext('Uint8Array.from(codes)', { codes: [...Buffer.from(`[${login}]`)] }),
    ],
    ['shared memory', shared(`[${login}]`)],
  ] as [string, Uint8Array | AsyncIterable<Uint8Array>][])('may be %s', async (_form, source) => {
    expect(await readLog(source)).toMatchObject({ records: 1, matches: [{ index: 0 }], error: undefined });
  });

  test.each([
    ['plain', Buffer.from(`[${login},${stop},`)],
    ['compressed', gzipSync(`[${login},${stop},`).subarray(0, -8)],
  ])('that fails is passed on as it fails, after the matches before (%s)', async (_form, bytes) => {
    const failure = new PortError({
      kind: 'retryable',
      operation: 'ObjectStore.read',
      code: 'Reset',
      message: 'lost',
    });
    async function* failing(): AsyncGenerator<Uint8Array, void> {
      yield* chunked(bytes, 40);
      throw failure;
    }
    const { matches, error } = await readLog(failing());
    expect(matches).toHaveLength(2);
    expect(error).toBe(failure);
  });

  test('that fails is passed on before a fault of the log that did not end the reading', async () => {
    const failure = new Error('lost');
    async function* failing(): AsyncGenerator<Uint8Array, void> {
      yield Buffer.from('[{"a":nope},');
      throw failure;
    }
    expect((await readLog(failing())).error).toBe(failure);
  });

  test.each(['plain', 'compressed'])('is let go of when the reader stops early (%s)', async form => {
    const text = `[${Array.from({ length: 200 }, () => login).join()}]`;
    const bytes = form === 'plain' ? Buffer.from(text) : gzipSync(text, { level: 0 });
    let closed = 0;
    let pulled = 0;
    async function* source(): AsyncGenerator<Uint8Array, void> {
      try {
        for await (const chunk of chunked(bytes, 100)) {
          pulled += 1;
          yield chunk;
        }
      } finally {
        closed += 1;
      }
    }
    for await (const { index } of filterTrailLog(source(), rules)) {
      expect(index).toBe(0);
      break;
    }
    expect(closed).toBe(1);
    if (form === 'plain') expect(pulled).toBe(1);
  });

  test.each(['a break', 'an error', 'a fault of the log', 'a return while it is waited for'])(
    'that stalls is let go of at once by %s',
    async form => {
      // More than comes out in one part; then nothing comes any more.
      const bytes = gzipSync(`[${login}${form === 'a fault of the log' ? '}' : ','}"${'x'.repeat(600_000)}`, {
        level: 0,
      });
      const never = Promise.withResolvers<IteratorResult<Uint8Array>>().promise;
      const ended: IteratorResult<Uint8Array> = { done: true, value: undefined };
      const chunks = [bytes.subarray(0, -8), bytes.subarray(-8, -4)];
      let returned = 0;
      let hasStalled = false;
      const source = {
        [Symbol.asyncIterator]: () => ({
          next: () => {
            const value = chunks.shift();
            hasStalled = value === undefined;
            return value === undefined ? never : Promise.resolve({ done: false, value });
          },
          // A generator does not return while it waits.
          return: () => {
            returned += 1;
            return hasStalled ? never : Promise.resolve(ended);
          },
        }),
      };
      const giveBack = jest.spyOn(InflateKernels.prototype, 'giveBack');
      const matches = filterTrailLog(source, rules);
      if (form === 'a return while it is waited for') {
        const reading = matches[Symbol.asyncIterator]();
        expect(await reading.next()).toMatchObject({ value: { index: 0 } });
        const waiting = reading.next();
        expect(await reading.return?.()).toEqual({ done: true, value: undefined });
        expect(await waiting).toEqual({ done: true, value: undefined });
      } else {
        const reading = async () => {
          for await (const { index } of matches) {
            expect(index).toBe(0);
            if (form === 'a break') break;
            if (form === 'an error') throw new Error('enough');
          }
        };
        const message = form === 'an error' ? 'enough' : 'has an unexpected byte';
        await (form === 'a break' ? reading() : expect(reading()).rejects.toThrow(message));
      }
      expect([returned, giveBack.mock.calls.length]).toEqual([1, 1]);
      giveBack.mockRestore();
    },
  );

  test('that is let go of is not known to be a digest', async () => {
    const stream = new Readable({ read() {} });
    stream.push(digest);
    const log = filterTrailLog(stream, rules);
    const reading = log[Symbol.asyncIterator]();
    const waiting = reading.next();
    while (log.progress.bytes === 0) await new Promise(setImmediate);
    await reading.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(log.progress.digest).toBe(false);
  });

  test('is let go of where nobody begins to read it', async () => {
    const stream = new Readable({ read() {} });
    const reading = filterTrailLog(stream, rules)[Symbol.asyncIterator]();
    expect(await reading.return?.()).toEqual({ done: true, value: undefined });
    expect(stream.destroyed).toBe(true);
    expect(await reading.next()).toEqual({ done: true, value: undefined });
  });

  test('is pulled only as its matches are read', async () => {
    const record = `{"eventName":"ConsoleLogin","a":"${'x'.repeat(65_400)}"},`;
    const chunk = Buffer.from(record);
    let pulled = 0;
    async function* source(): AsyncGenerator<Uint8Array, void> {
      yield Buffer.from('[');
      for (; pulled < 1000; ) {
        pulled += 1;
        yield chunk;
      }
      yield Buffer.from(`${login}]`);
    }
    let matches = 0;
    for await (const { index } of filterTrailLog(source(), rules)) {
      matches += 1;
      expect(index).toBe(matches - 1);
      expect(pulled - matches).toBeLessThanOrEqual(1);
    }
    expect([matches, pulled]).toEqual([1001, 1000]);
  });
});
