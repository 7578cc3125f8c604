import { describe, expect, test } from '@jest/globals';
import { inflateKernels } from '../../../../src/domain/kernel/gzip-inflate/inflate-kernel.ts';
import { ElementScan } from '../../../../src/domain/kernel/record-scan/element-scan.ts';
import { ScanKernels, scanKernels } from '../../../../src/domain/kernel/record-scan/scan-kernel.ts';
import { byName, byText, kernels, other, shifted, shifts } from './scan-list.ts';

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
