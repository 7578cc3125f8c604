import { describe, expect, test } from '@jest/globals';
import { inflateKernels } from '../../../../src/domain/kernel/gzip-inflate/inflate-kernel.ts';
import { ElementFilter } from '../../../../src/domain/kernel/record-scan/element-filter.ts';
import { ElementScan } from '../../../../src/domain/kernel/record-scan/element-scan.ts';
import { ScanKernels, scanKernels } from '../../../../src/domain/kernel/record-scan/scan-kernel.ts';

const kernels = kernelsOfThisMachine();

function kernelsOfThisMachine(): ScanKernels {
  const made = scanKernels();
  if (made === undefined) throw new Error('This machine has no WebAssembly with vectors');
  return made;
}

const wanted = { key: 'eventName', values: new Set(['Wanted', 'Gesucht-é', 'x'.repeat(200)]), literals: [] };

function filterOf(options: Parameters<typeof ElementFilter.of>[0]): ElementFilter {
  const filter = ElementFilter.of(options);
  if (filter === undefined) throw new Error('The filter cannot be used');
  return filter;
}

const byName = filterOf(wanted);
const byText = filterOf({
  key: 'eventName',
  values: new Set(),
  literals: ['AccessDenied', 'Root', 'abc', 'Unauthorized0peration9', ...'ghijklmnopqr'].map(text =>
    text.length === 1 ? text.repeat(3) : text,
  ),
});

interface Passed {
  readonly passed: number;
  /** The element that was not passed over, where it is known to end. */
  readonly candidate: string | undefined;
  /** What was not looked at, or is in doubt. */
  readonly rest: string;
}

function pass(list: string | Buffer, filter = byName, maxBytes = 1_000_000): Passed {
  const chunk = Buffer.from(list);
  const scan = new ElementScan(kernels, filter, maxBytes);
  scan.enter();
  const end = scan.pass(chunk, 0);
  const next = scan.passed > 0 && chunk[end] === 0x2c ? end + 1 : end;
  const candidateEnd = scan.endOf(next);
  return {
    passed: scan.passed,
    candidate: candidateEnd === undefined ? undefined : chunk.toString('utf8', next, candidateEnd),
    rest: chunk.toString('utf8', candidateEnd ?? end),
  };
}

const other = '{"eventName":"Other"}';
/** Fills blocks, so that nothing of what stands behind it is in a block of what stands before it. */
const further = `{"eventName":"Other","a":"${'x'.repeat(100)}"}`;
/** So many lengths put what is scanned wherever it may stand in a block. */
const shifts = 66;

/** The element behind a member more, so that its bytes stand elsewhere in the blocks that are scanned. */
function shifted(element: string | Buffer, length: number): Buffer {
  const bytes = Buffer.from(element);
  const isEmpty = bytes[1] === 0x7d;
  if (length === 0 || isEmpty) return bytes;
  return Buffer.concat([Buffer.from(`{"p":"${'s'.repeat(length - 1)}",`), bytes.subarray(1)]);
}

const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

describe('an element is passed over', () => {
  test.each([
    ['of one member', other],
    ['with others before and after', '{"a":"b","eventName":"Other","c":{"d":[]}}'],
    [
      'with values of all kinds',
      '{"eventName":"O","a":[true,false,null,0,-0,7,-1.5e+30,1E5,2.5,"",{},[[]],[{}]]}',
    ],
    ['with empty objects', '{"eventName":"O","a":{},"b":{"c":{}},"d":[{},{}]}'],
    [
      'with lists of objects',
      '{"eventName":"O","a":[{"b":{"c":"d"}},{"e":{"f":{"g":1}}},[{"h":[[]]}]],"i":{"j":"k"}}',
    ],
    ['with objects before the key', '{"a":{"b":{"c":{"d":1}},"e":{"f":2}},"eventName":"O"}'],
    ['with texts that end like structure', '{"eventName":"O","a":"b:","c,":"d,","e{":"{","f":["g[",","]}'],
    [
      'with a long number',
      `{"eventName":"O","a":${'1234567890'.repeat(20)}.${'5'.repeat(90)}e-${'7'.repeat(80)}}`,
    ],
    ['with words next to each other', '{"eventName":"O","a":[1,22,-3,true,null],"b":false,"c":0,"d":1e5}'],
    ['with escapes', String.raw`{"eventName":"O","a":"\" \\ \/ \b \f \n \r \t","\\":"\\\"","b":"\\\\"}`],
    ['with texts that look like structure', String.raw`{"eventName":"O","a":"}],{\"eventName\":\"Wanted\""}`],
    ['with the key deeper', '{"eventName":"O","a":{"eventName":"Wanted"},"b":[{"eventName":"Wanted"}]}'],
    ['with a longer key', '{"eventName":"O","eventNames":"Wanted","xeventName":"Wanted"}'],
    ['with a longer key beside lists', '{"eventName":"O","a":[],"eventNames":"Wanted","b":[]}'],
    ['with a longer value', '{"eventName":"Wantedly"}'],
    ['with an empty value', '{"eventName":""}'],
    ['with other letters', '{"eventName":"O","é報😀":"é報😀\u007f"}'],
    ['with bytes that are no UTF-8 in a text', Buffer.from('{"eventName":"O","a":"\xff\xc3"}', 'latin1')],
    ['of 63 levels', `{"eventName":"O","a":${nested(62)}}`],
    ['of 63 objects', `${'{"eventName":"O","a":'.repeat(62)}{"b":1}${'}'.repeat(62)}`],
    ['that ends with a block', `{"eventName":"Other","a":"${'x'.repeat(64 - 29)}"}`],
    ['with a text that has a brace behind a colon', '{"eventName":"O","a":"x:{y","b":"c"}'],
    ['with the longest value', `{"eventName":"${'y'.repeat(127)}"}`],
    [
      'with objects that end in blocks behind a list',
      `{"eventName":"O","a":{"b":{"c":[1],"d":"${'x'.repeat(70)}"},"e":"${'x'.repeat(70)}"},"f":"${'x'.repeat(70)}"}`,
    ],
    [
      'with a list that ends behind an object of many blocks',
      `{"eventName":"O","a":[{"b":{"c":"${'x'.repeat(140)}"},"d":"${'x'.repeat(140)}"}],"e":1}`,
    ],
  ])('%s', (_form, element) => {
    for (let length = 0; length < shifts; length += 1) {
      const bytes = Buffer.concat([
        Buffer.from(`${other},`),
        shifted(element, length),
        Buffer.from(`,${further}]`),
      ]);
      expect({ length, ...pass(bytes) }).toEqual({ length, passed: 3, candidate: undefined, rest: ']' });
    }
  });
});

describe('an element is a candidate', () => {
  test.each([
    ['with one of the values', '{"eventName":"Wanted"}', byName],
    ['with a value that may be spelled in several ways', '{"eventName":"Gesucht-é"}', byName],
    ['with a value that may be no UTF-8', '{"eventName":"é"}', byName],
    ['with a long value that may be no UTF-8', '{"eventName":"é234567890123456789"}', byName],
    ['with a value longer than any', `{"eventName":"${'y'.repeat(129)}"}`, byName],
    ['without the key', '{"a":1}', byName],
    ['with the key only deeper', '{"a":{"eventName":"O"},"b":[{"eventName":"O"}]}', byName],
    ['with the key again behind objects', '{"eventName":"O","a":{"b":{}},"eventName":"O"}', byName],
    ['of nothing', '{}', byName],
    ['with the key twice', '{"eventName":"a","eventName":"b"}', byName],
    ['with a value that is no string', '{"eventName":["Wanted"]}', byName],
    ['with a spelled-out key', String.raw`{"eventN\u0061me":"Wanted","eventName":"O"}`, byName],
    ['with a spelled-out value', String.raw`{"eventName":"\u0057anted"}`, byName],
    ['with an escape in its value', String.raw`{"eventName":"a\/b"}`, byName],
    ['with a literal in a value', '{"eventName":"O","a":"User Root"}', byText],
    ['with a literal in a key', '{"eventName":"O","noRoots":1}', byText],
    ['with a literal of three letters', '{"eventName":"O","x":"-abc"}', byText],
    ['with a literal over its seam', '{"eventName":"O","x":"AccessDenied"}', byText],
    ['with a long literal', '{"eventName":"O","x":"Unauthorized0peration9"}', byText],
    ['with a literal of the last bucket', '{"eventName":"O","x":"rrr"}', byText],
    ['with a literal spelled out', String.raw`{"eventName":"O","x":"Roo\u0074"}`, byText],
  ])('%s', (_form, element, filter) => {
    for (let length = 0; length < shifts; length += 1) {
      const candidate = shifted(element, length).toString();
      expect({ length, ...pass(`${other},${candidate},${further}`, filter) }).toEqual({
        length,
        passed: 1,
        candidate,
        rest: `,${further}`,
      });
    }
  });

  test('with a long key that differs from the one by a byte in its middle', () => {
    const key = 'additionalEventData';
    const filter = filterOf({ ...wanted, key });
    const same = `{"${key}":"O"}`;
    for (let place = 8; place < key.length - 7; place += 1) {
      const like = `{"${key.slice(0, place)}X${key.slice(place + 1)}":"O"}`;
      expect(pass(`${same},${like},${same}`, filter)).toEqual({
        passed: 1,
        candidate: like,
        rest: `,${same}`,
      });
    }
  });

  test.each([63, 64, 65, 127])('with a value of %i letters that is one of the values', length => {
    const longest = 'z'.repeat(600_000);
    const filter = filterOf({ ...wanted, values: new Set(['y'.repeat(length), longest]) });
    const candidate = `{"eventName":"${'y'.repeat(length)}"}`;
    expect(pass(`${other},${candidate}`, filter)).toEqual({ passed: 1, candidate, rest: '' });
  });

  test('with the longest key twice', () => {
    const key = 'k'.repeat(63);
    const filter = filterOf({ ...wanted, key });
    const once = `{"${key}":"O","a":"${'x'.repeat(100)}"}`;
    for (let length = 0; length < shifts; length += 1) {
      const twice = shifted(`{"${key}":"O","${key}":"Wanted"}`, length).toString();
      expect({ length, ...pass(`${once},${twice},${once}`, filter) }).toEqual({
        length,
        passed: 1,
        candidate: twice,
        rest: `,${once}`,
      });
    }
  });

  test('but not with less than a literal', () => {
    const near = ['Roo', 'oot', 'ccessDenie', 'AccessDenie', 'Unauthorized0', 'ab', 'aabb', 'root'];
    const elements = near.map(text => `{"eventName":"${text}"}`);
    expect(pass(elements.join(), byText)).toEqual({ passed: near.length, candidate: undefined, rest: '' });
  });
});

describe('an element is left to the reader, and those before it are passed over', () => {
  test.each([
    ['{"eventName":"O","a":"b",}'],
    ['{"eventName":"O",,"a":"b"}'],
    ['{,"eventName":"O"}'],
    ['{"eventName":"O","a"}'],
    ['{"eventName":"O","a":}'],
    ['{"eventName":"O","a"::1}'],
    ['{"eventName":"O","a":,"b":1}'],
    ['{"eventName":"O","a":,"b":[]}'],
    ['{"eventName":"O","a":[1],"b":,"c":1}'],
    ['{"eventName":"O","a":[1],"b":{,"c":1}}'],
    ['{"eventName":"O","a":1]}'],
    ['{"eventName":"O","a":1]2}'],
    ['{"eventName":"O","a":1:2}'],
    ['{"eventName":"O","a":"b":"c"}'],
    ['{"eventName":"O","a":["b":1]}'],
    ['{"eventName":"O","a":[1,]}'],
    ['{"eventName":"O","a":[,1]}'],
    ['{"eventName":"O","a":[1 2]}'],
    ['{"eventName":"O","a":[1[2]]}'],
    ['{"eventName":"O","a":[[1]2]}'],
    ['{"eventName":"O","a":{1:2}}'],
    ['{"eventName":"O","a":{{}}}'],
    ['{"eventName":"O","a":{[]}}'],
    ['{"eventName":"O","a":{"b":1,{}}}'],
    ['{"eventName":"O","a":{"b":1,2}}'],
    ['{"eventName":"O","a":{"b":1,null}}'],
    ['{"eventName":"O","a":[}'],
    ['{"eventName":"O","a":[1}'],
    ['{"eventName":"O","a":{]}'],
    ['{"eventName":"O","a":{"b":1]}'],
    ['{"eventName":"O","a":"b""c"}'],
    ['{"eventName":"O","a":"b""c":1}'],
    ['{"eventName":"O","a":"b"{"c":1}}'],
    ['{"eventName":"O","a":"b"1}'],
    ['{"eventName":"O","a":"b\\","c":"d"}'],
    ['{"eventName":"O","a":{"b":1}2}'],
    ['{"eventName":"O","a":{"b":1}"c"}'],
    ['{"eventName":"O","a":{"b":1}{"c":1}}'],
    ['{"eventName":"O","a":{"b":1}:1}'],
    ['{"eventName":"O","a":{"b":1,}}'],
    ['{"eventName":"O","a":{"b":}}'],
    ['{"eventName":"O","a":{,"b":1}}'],
    ['{"eventName":"O","a":{:1}}'],
    ['{"eventName":"O","a":{"b"}}'],
    ['{"eventName":"O","a":{"b","c":1}}'],
    ['{"eventName":"O",{"a":1}}'],
    ['{"eventName":"O",1}'],
    ['{"eventName":"O","a":1{"b":2}}'],
    ['{"eventName":"O","a":1"b"}'],
    ['{"eventName":"O","a":[{"b":1]}'],
    ['{"eventName":"O","a":[{"b":{"c":1}}}}'],
    ['{"eventName":"O","a":]}'],
    ['{"eventName":"O","a":"b"c}'],
    ['{"eventName":"O","a":c"b"}'],
    ['{"eventName":"O" ,"a":1}'],
    ['{"eventName":"O","a":tru}'],
    ['{"eventName":"O","a":truE}'],
    ['{"eventName":"O","a":truee}'],
    ['{"eventName":"O","a":falsx}'],
    ['{"eventName":"O","a":fals}'],
    ['{"eventName":"O","a":nul}'],
    ['{"eventName":"O","a":nulll}'],
    ['{"eventName":"O","a":01}'],
    ['{"eventName":"O","a":-}'],
    ['{"eventName":"O","a":+1}'],
    ['{"eventName":"O","a":1.}'],
    ['{"eventName":"O","a":.1}'],
    ['{"eventName":"O","a":1e}'],
    ['{"eventName":"O","a":1e+}'],
    ['{"eventName":"O","a":-e5}'],
    ['{"eventName":"O","a":1.e5}'],
    ['{"eventName":"O","a":e5}'],
    ['{"eventName":"O","a":1~}'],
    ['{"eventName":"O","a":1\u007f}'],
    ['{"eventName":"O","a":trueé}'],
    ['{"eventName":"O","a":1x}'],
    ['{"eventName":"O","a":Y}'],
    ['{"eventName":"O","a":_}'],
    ['{"eventName":"O","a":[1Y}'],
    ['{"eventName":"O","a":{"b":1y}'],
    ['{"eventName":"O","a":_1]}'],
    ['{"eventName":"O","a":\u007f"b":1}}'],
    ['{"eventName":"O","a":\u007f}'],
    ['{"eventName":"O","a":é}'],
    ['{"eventName":"O","a":\\"b"}'],
    ['{"eventName":"O","a":"\\x"}'],
    ['{"eventName":"O","a":"\\U0041"}'],
    ['{"eventName":"O","a":"\\\\\\a"}'],
    ['{"eventName":"O","a":"\t"}'],
    ['{"eventName":"O","a":"\u0000"}'],
    ['{"eventName":"O","a":"\u001f"}'],
    ['{"eventName":"O",\n"a":1}'],
    [`{"eventName":"O","a":${nested(63)}}`],
    [`{"eventName":"O","a":${nested(200)}}`],
    [`{"eventName":"O","a":${nested(66)}]`],
    [`{"eventName":"O","a":{"b":${nested(66)}]}`],
    [`{"eventName":"O","a":${'{"a":'.repeat(100)}1${'}'.repeat(100)}}`],
    [`{"eventName":"O","a":${'{"a":'.repeat(62)}{}${'}'.repeat(62)}}`],
    [`{"eventName":"O","a":${'{"a":'.repeat(62)}{"b":1}${'}'.repeat(62)}}`],
    [`{"eventName":"O","a":"${'x'.repeat(2000)}"}`],
  ])('%s', element => {
    for (let length = 0; length < shifts; length += 1) {
      const rest = `,${shifted(element, length)},${further}]`;
      const expected = { length, passed: 2, candidate: undefined, rest };
      expect({ length, ...pass(`${other},${other}${rest}`, byName, 1500) }).toEqual(expected);
      const last = `,${shifted(element, length)}`;
      expect({ length, ...pass(`${other},${other}${last}`, byName, 1500) }).toEqual({
        ...expected,
        rest: last,
      });
    }
  });

  test.each(['["eventName":"O"}', '"eventName":"O"}', '1', ']'])('as is what begins with %s', list => {
    expect(pass(`${list},${other}`)).toEqual({ passed: 0, candidate: undefined, rest: `${list},${other}` });
  });

  test.each([
    '1',
    '"text"',
    '[]',
    'null',
    ' {"eventName":"O"}',
    ']',
    '1"eventName":"O"}',
    '["eventName":"O"}',
  ])('behind it, where %s stands', next => {
    const rest = `,${next},${other}]`;
    expect(pass(`${other},${other}${rest}`)).toEqual({ passed: 2, candidate: undefined, rest });
  });
});

describe('an element ends', () => {
  test('with its own brace, if others follow', () => {
    for (let length = 0; length < shifts; length += 1) {
      const list = `${other},${shifted('{"eventName":"O","a":{"b":1}}', length)}}}}`;
      expect({ length, ...pass(list) }).toEqual({ length, passed: 2, candidate: undefined, rest: '}}}' });
    }
  });

  test('before the rest of its block, of which nothing is known', () => {
    const last = '{"eventName":"O","a":[1]}';
    for (const wrong of ['{1,"b":1,"eventName":"O"}', '{{"b":1},"eventName":"O"}']) {
      for (let length = 0; length < shifts; length += 1) {
        const rest = `,${wrong},${further}`;
        expect({ length, ...pass(`${shifted(last, length)}${rest}`) }).toMatchObject({
          length,
          passed: 1,
          rest,
        });
      }
    }
  });

  test('within the bytes that it may have at most', () => {
    expect(pass(other, byName, other.length).passed).toBe(1);
    expect(pass(other, byName, other.length - 1).passed).toBe(0);
    expect(pass(other, byName, 2 ** 32).passed).toBe(1);
  });
});

describe('a chunk', () => {
  test('that ends within an element leaves that one to the reader', () => {
    const last = '{"eventName":"Other","a":[true,-12.5e7,{"b":"\\n"}]}';
    for (let cut = 0; cut < last.length; cut += 1) {
      const rest = `,${last.slice(0, cut)}`;
      expect({ cut, ...pass(`${other}${rest}`) }).toEqual({ cut, passed: 1, candidate: undefined, rest });
    }
  });

  test('may be larger than the memory of the kernel', () => {
    const element = `{"eventName":"Other","a":"${'x'.repeat(9973)}"}`;
    const elements = Array<string>(100).fill(element);
    expect(pass(elements.join())).toEqual({ passed: 100, candidate: undefined, rest: '' });
    const more = [...elements, '{"eventName":"Wanted"}', ...elements];
    expect(pass(more.join())).toMatchObject({ passed: 100, candidate: '{"eventName":"Wanted"}' });
  });

  test('may hold an element that is larger than the memory of the kernel', () => {
    const large = `{"eventName":"Other","a":"${'x'.repeat(500_000)}"}`;
    const rest = `,${large},${other}`;
    expect(pass(`${other}${rest}`)).toEqual({ passed: 1, candidate: undefined, rest });
  });
});

describe('the bytes behind those that are scanned', () => {
  const memory = inflateKernels().take()?.memory ?? Buffer.alloc(0);
  const kernel = kernels.inPlace(memory) ?? kernels.copying;
  const { exports } = kernel;

  function scan(text: string, behind: string, fill = Buffer.byteLength(text) + 256) {
    memory.fill(behind, 0, fill);
    const to = memory.write(text);
    kernel.use({}, byName.imageFor(kernels.copying));
    const wantsMore = exports.scan(0, to, 1_000_000) !== 0;
    return {
      wantsMore,
      passed: exports.passed.value,
      passedEnd: exports.passedEnd.value,
      start: exports.start.value,
      candidateEnd: exports.candidateEnd.value,
    };
  }

  const elements = [
    '{"eventName":"Other","a":[true,-12.5e+7,{"b":"\\n\\"x"}],"c":false}',
    '{"d":{"e":{"f":1234567890123.4567890123e12345678901}},"eventName":"Others"}',
    '{"eventName":"Another","a":null,"b":[{"c":{}}]}',
  ];
  const list = elements.join();
  const begins = [0, ...elements.map((_, index) => elements.slice(0, index + 1).join().length + 1)];
  const ends = elements.map((_, index) => elements.slice(0, index + 1).join().length);

  test.each([
    ...[' ', '}', '}}}},{', ',{', ']', '"', '"}', '":"', ':', '{', '[', ',', '\\', '\\"', '\n', '\xff'],
    ...['0', '1}', '0,', '.5', 'e', 'e+1}', '-', 'true', 'rue}', 'ue,"a":1},{', 'll}', 'alse}', 'x'],
    ...['eventName":"O"}', '"eventName":"Other"},{"eventName":"Other"},'],
  ])('change nothing, if they are %j again and again', behind => {
    for (let cut = 1; cut <= list.length; cut += 1) {
      const whole = ends.filter(end => end <= cut);
      const passedEnd = whole.at(-1) ?? 0;
      const isCutOff = passedEnd > 0 && passedEnd + 2 > cut;
      expect({ cut, ...scan(list.slice(0, cut), behind) }).toEqual({
        ...{ cut, wantsMore: !isCutOff, passed: whole.length, passedEnd, candidateEnd: 0 },
        start: begins[isCutOff ? whole.length - 1 : whole.length],
      });
    }
  });

  test.each(['}', '"}', '1}', ',"b":1}'])('do not end an element, if they are %s', behind => {
    for (let length = 1; length < 3 * shifts; length += 1) {
      const whole = shifted('{"eventName":"O","a":1}', length).toString();
      const { passed, wantsMore } = scan(whole.slice(0, -1), behind);
      expect({ length, passed, wantsMore }).toEqual({ length, passed: 0, wantsMore: true });
    }
  });

  test('are not followed to the end of the memory', () => {
    const { wantsMore, passed } = scan('{"eventName":"O","a":1', '0', kernel.room);
    expect([wantsMore, passed]).toEqual([true, 0]);
  });

  test('do not make a certain fault uncertain', () => {
    expect(scan(`{"eventName":"O","a":01,"b":"${'x'.repeat(8)}`, '0')).toMatchObject({
      wantsMore: false,
      passed: 0,
    });
    expect(scan(`{"eventName":"O"}]${'x'.repeat(8)}`, ',{')).toMatchObject({ wantsMore: false, passed: 1 });
  });

  test.each([
    [',', `,${other}`, 1],
    [']', `]${other}`, 0],
    ['{', other, 0],
  ])(
    'are looked at in their turn, where the memory ends with an element and %s follows',
    (_next, rest, more) => {
      const first = `${other},{"eventName":"O","a":"${'x'.repeat(kernels.copying.room - other.length - 25)}"}`;
      expect(first.length).toBe(kernels.copying.room);
      const chunk = Buffer.from(first + rest);
      const scan = new ElementScan(kernels, byName, 1_000_000);
      scan.enter();
      expect([scan.pass(chunk, 0), scan.passed]).toEqual([first.length, 2]);
      if (more === 0) return;
      expect([scan.pass(chunk, first.length + 1), scan.passed]).toEqual([chunk.length, 1]);
    },
  );
});

describe('scans of one thread', () => {
  test('do not disturb each other', () => {
    const chunks = [byName, byText].map(filter => {
      const name = filter === byName ? 'Wanted' : 'abc';
      const scan = new ElementScan(kernels, filter, 1000);
      scan.enter();
      return {
        scan,
        candidate: `{"eventName":"${name}"}`,
        bytes: Buffer.from(`${other},{"eventName":"${name}"},${other}`),
      };
    });
    const at = other.length;
    for (const { scan, bytes } of chunks) expect([scan.pass(bytes, 0), scan.passed]).toEqual([at, 1]);
    for (const { scan, bytes, candidate } of chunks) {
      const end = scan.endOf(at + 1);
      expect(end).toBe(at + 1 + candidate.length);
      expect([scan.pass(bytes, (end ?? 0) + 1), scan.passed]).toEqual([bytes.length, 1]);
    }
  });

  test('give up on what they cannot pass over', () => {
    const scan = new ElementScan(kernels, byName, 1000);
    const bytes = Buffer.from('{"eventName": "Other"}');
    let asked = 0;
    for (; asked < 1000; asked += 1) {
      scan.enter();
      scan.pass(bytes, 0);
    }
    scan.enter();
    expect([scan.pass(Buffer.from(other), 0), scan.passed]).toEqual([0, 0]);
  });
});

describe('a scan does not give up', () => {
  test.each([
    ['where each chunk has one to pass over', [`${other}, 1`]],
    ['where chunks end within objects', ['{"eventName":"Oth']],
    [
      'where it passes over four for each in vain',
      [`${Array(4).fill(other).join()}, 1`, '{ "a":"not at the end"}'],
    ],
  ])('%s', (_where, chunks) => {
    const scan = new ElementScan(kernels, byName, 1000);
    for (let turn = 0; turn < 200; turn += 1) {
      for (const chunk of chunks) {
        scan.enter();
        scan.pass(Buffer.from(chunk), 0);
      }
    }
    scan.enter();
    expect([scan.pass(Buffer.from(other), 0), scan.passed]).toEqual([other.length, 1]);
  });

  test('when it is asked for what stands before the bytes it has copied', () => {
    const scan = new ElementScan(kernels, byName, 1000);
    const chunk = Buffer.from(`${other},1,${other}`);
    const last = other.length + 3;
    expect([scan.pass(chunk, last), scan.passed]).toEqual([chunk.length, 1]);
    expect([scan.pass(chunk, 0), scan.passed]).toEqual([other.length, 1]);
  });
});

describe('the kernels', () => {
  test.each([
    ['there is no WebAssembly', {}],
    ['there are no vectors', { WebAssembly: { ...assembly(), validate: () => false } }],
    ['there are no addresses left', { WebAssembly: assembly(new RangeError('Out of memory')) }],
  ])('are none where %s', (_where, host) => {
    expect(ScanKernels.of(host)).toBeUndefined();
  });

  test('tell what else fails', () => {
    expect(() => ScanKernels.of({ WebAssembly: assembly(new TypeError('no')) })).toThrow('no');
  });

  test('are those of this thread', () => {
    expect(scanKernels()).toBe(kernels);
  });
});

/** WebAssembly whose memories cannot be made, for that reason. */
function assembly(error?: Error) {
  class Unused {
    readonly exports = {};
  }
  class Memory {
    readonly buffer = new ArrayBuffer(0);
    constructor() {
      if (error !== undefined) throw error;
    }
  }
  return { Module: Unused, Instance: Unused, Memory, validate: () => true };
}

describe('a filter', () => {
  test.each([
    ['of a short key', { ...wanted, key: 'k'.repeat(7) }],
    ['of a key that is longer than a block', { ...wanted, key: 'k'.repeat(64) }],
    ['of a key with an escape', { ...wanted, key: 'event"Name' }],
    ['of a short literal', { ...wanted, literals: ['ab'] }],
    ['of a literal that is not of letters', { ...wanted, literals: ['a-b-c'] }],
    ['of more literals than it can hold', { ...wanted, literals: Array<string>(257).fill('abc') }],
  ])('%s cannot be used', (_form, options) => {
    expect(ElementFilter.of(options)).toBeUndefined();
  });

  test('of 10,000 values takes few others for them', () => {
    const values = new Set(Array.from({ length: 10_000 }, (_, index) => `DescribeNumber${index}`));
    const filter = filterOf({ ...wanted, values });
    let taken = 0;
    for (let index = 0; index < 3000; index += 1) {
      const { passed } = pass(`{"eventName":"Describe${index}"}`, filter);
      taken += 1 - passed;
      expect(pass(`{"eventName":"DescribeNumber${index}"}`, filter).passed).toBe(0);
    }
    expect(taken / 3000).toBeLessThan(0.3);
  });

  test.each([
    ['in front', 'RootUser', ['ootUser'], 'ootUser'],
    ['in the middle', 'RootUser', ['Roo', 'tUser'], 'ootUser'],
    ['at the end', 'RootUser', ['RootUse'], 'ootUser'],
    [
      'in the middle of a long one',
      'abcdefghijklmnopQRstuvw',
      ['abcdefghijklmnopQ', 'Rstuvw'],
      'ijklmnopQRstuvw',
    ],
    ['at the end of a long one', 'abcdefghijklmnopqrSTUvw', ['abcdefghijklmnopqrSTUv'], 'ijklmnopqrSTUvw'],
  ])('with a literal whose rare letters are %s finds it', (_where, literal, frequent, near) => {
    const filter = filterOf({ ...wanted, values: new Set(), literals: [literal], frequent });
    for (let length = 0; length < 128; length += 1) {
      const element = (text: string) => `{"eventName":"O","a":"${'-'.repeat(length)}${text}"}`;
      expect({ length, ...pass(`${element(near)},${element(literal)},${other}`, filter) }).toEqual({
        length,
        passed: 1,
        candidate: element(literal),
        rest: `,${other}`,
      });
    }
  });

  test('of 256 literals finds each', () => {
    const literals = Array.from({ length: 256 }, (_, index) => `word${index.toString(36)}Number${index}`);
    const filter = filterOf({ ...wanted, values: new Set(), literals });
    for (const literal of literals) {
      expect([literal, pass(`{"eventName":"O","a":"${literal}"}`, filter).passed]).toEqual([literal, 0]);
    }
    expect(pass('{"eventName":"O","a":"wordNumber"}', filter).passed).toBe(1);
  });
});
