import { expect, test } from '@jest/globals';
import { inflateKernels } from '../../../../src/domain/kernel/gzip-inflate/inflate-kernel.ts';
import { ElementFilter } from '../../../../src/domain/kernel/record-scan/element-filter.ts';
import { ElementScan } from '../../../../src/domain/kernel/record-scan/element-scan.ts';
import { type ScanKernels, scanKernels } from '../../../../src/domain/kernel/record-scan/scan-kernel.ts';

const filter = ElementFilter.of({ key: 'eventName', values: new Set(['Wanted']), literals: ['abc'] });
const opposite = ElementFilter.of({ key: 'eventName', values: new Set(['Other']), literals: [] });
const other = '{"eventName":"Other"}';
const wanted = '{"eventName":"Wanted"}';

function scanOf(by = filter): ElementScan {
  const kernels = scanKernels();
  if (by === undefined || kernels === undefined) throw new Error('This machine has no WebAssembly');
  return new ElementScan(kernels, by, 1000);
}

/** A text that stands in the memory of a kernel that inflates, with another one behind it. */
function inKernel(text: string, behind: string, at: number): Buffer {
  const memory = inflateKernels().take()?.memory ?? Buffer.alloc(0);
  const end = at + memory.write(text, at);
  memory.write(behind, end);
  return memory.subarray(at, end);
}

test.each([
  ['at the start', 0],
  ['anywhere', 123_457],
])('bytes that a kernel has inflated are scanned where they stand, %s of its memory', (_where, at) => {
  const scan = scanOf();
  const chunk = inKernel(`${other},${wanted},${other}`, `,${other}`, at);
  scan.enter();
  expect([scan.pass(chunk, 0), scan.passed]).toEqual([other.length, 1]);
  expect(scan.endOf(other.length + 1)).toBe(other.length + 1 + wanted.length);
  expect([scan.pass(chunk, other.length + wanted.length + 2), scan.passed]).toEqual([chunk.length, 1]);
  expect(chunk.toString()).toBe(`${other},${wanted},${other}`);
});

test('bytes that are scanned in place are not copied', () => {
  const kernels = scanKernels() as ScanKernels;
  const chunk = inKernel(other, '', 1000);
  expect(kernels.inPlace(chunk)).toBe(kernels.inPlace(chunk.subarray(5)));
  expect(kernels.inPlace(chunk)).not.toBe(kernels.copying);
  expect(kernels.inPlace(Buffer.from(chunk))).toBeUndefined();
});

test('a scan goes from copies to memory of kernels and back', () => {
  const scan = scanOf();
  const copied = Buffer.from(`${other},${wanted}`);
  const inPlace = inKernel(`${wanted},${other}`, '', 77);
  for (let turn = 0; turn < 3; turn += 1) {
    scan.enter();
    expect([scan.pass(copied, 0), scan.passed]).toEqual([other.length, 1]);
    expect(scan.endOf(other.length + 1)).toBe(copied.length);
    scan.enter();
    expect([scan.pass(inPlace, 0), scan.passed]).toEqual([0, 0]);
    expect(scan.endOf(0)).toBe(wanted.length);
    expect([scan.pass(inPlace, wanted.length + 1), scan.passed]).toEqual([inPlace.length, 1]);
  }
});

test('scans that look for different things take turns in the same memory', () => {
  const chunk = inKernel(`${other},${wanted},${other}`, '', 4096);
  const behindOther = other.length + 1;
  const behindWanted = behindOther + wanted.length + 1;
  const [scan, another] = [scanOf(), scanOf(opposite)];
  scan.enter();
  another.enter();
  expect([scan.pass(chunk, 0), scan.passed]).toEqual([other.length, 1]);
  expect([another.pass(chunk, 0), another.passed]).toEqual([0, 0]);
  expect([another.pass(chunk, behindOther), another.passed]).toEqual([behindWanted - 1, 1]);
  expect([scan.pass(chunk, behindWanted), scan.passed]).toEqual([chunk.length, 1]);
  expect([another.pass(chunk, behindWanted), another.passed]).toEqual([behindWanted, 0]);
});

test('a byte behind the chunk does not end an element', () => {
  const scan = scanOf();
  const cutOff = inKernel(`${other},${other.slice(0, -1)}`, `},${other}`, 500);
  scan.enter();
  expect([scan.pass(cutOff, 0), scan.passed]).toEqual([other.length, 1]);
  expect([scan.pass(cutOff, other.length + 1), scan.passed]).toEqual([other.length + 1, 0]);
});

test.each([false, true])(
  'a filter that scans in place first leaves copies to theirs, entered anew: %s',
  isAnew => {
    const kernels = scanKernels() as ScanKernels;
    const scan = scanOf();
    const copied = Buffer.from(`${other},1,${wanted},${other}`);
    scan.enter();
    expect([scan.pass(copied, 0), scan.passed]).toEqual([other.length, 1]);
    const unseen = ElementFilter.of({
      key: 'eventType',
      values: new Set(['Other']),
      literals: [],
    }) as ElementFilter;
    const second = new ElementScan(kernels, unseen, 1000);
    const inPlace = inKernel('{"eventType":"Any"}', '', 0);
    second.enter();
    expect([second.pass(inPlace, 0), second.passed]).toEqual([inPlace.length, 1]);
    if (isAnew) scan.enter();
    const at = other.length + 3;
    expect([scan.pass(copied, at), scan.passed, scan.endOf(at)]).toEqual([at, 0, at + wanted.length]);
    const last = at + wanted.length + 1;
    expect([scan.pass(copied, last), scan.passed]).toEqual([copied.length, 1]);
  },
);
