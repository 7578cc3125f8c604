import { ElementFilter } from '../../../../src/domain/kernel/record-scan/element-filter.ts';
import { ElementScan } from '../../../../src/domain/kernel/record-scan/element-scan.ts';
import { type ScanKernels, scanKernels } from '../../../../src/domain/kernel/record-scan/scan-kernel.ts';

export const kernels = kernelsOfThisMachine();

function kernelsOfThisMachine(): ScanKernels {
  const made = scanKernels();
  if (made === undefined) throw new Error('This machine has no WebAssembly with vectors');
  return made;
}

export const wanted = {
  key: 'eventName',
  values: new Set(['Wanted', 'Gesucht-é', 'x'.repeat(200)]),
  literals: [],
};

export function filterOf(options: Parameters<typeof ElementFilter.of>[0]): ElementFilter {
  const filter = ElementFilter.of(options);
  if (filter === undefined) throw new Error('The filter cannot be used');
  return filter;
}

export const byName = filterOf(wanted);
export const byText = filterOf({
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

export function pass(list: string | Buffer, filter = byName, maxBytes = 1_000_000): Passed {
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

export const other = '{"eventName":"Other"}';
/** Fills blocks, so that nothing of what stands behind it is in a block of what stands before it. */
export const further = `{"eventName":"Other","a":"${'x'.repeat(100)}"}`;
/** So many lengths put what is scanned wherever it may stand in a block. */
export const shifts = 66;

/** The element behind a member more, so that its bytes stand elsewhere in the blocks that are scanned. */
export function shifted(element: string | Buffer, length: number): Buffer {
  const bytes = Buffer.from(element);
  const isEmpty = bytes[1] === 0x7d;
  if (length === 0 || isEmpty) return bytes;
  return Buffer.concat([Buffer.from(`{"p":"${'s'.repeat(length - 1)}",`), bytes.subarray(1)]);
}

export const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
