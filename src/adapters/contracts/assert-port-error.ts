import assert from 'node:assert/strict';
import { type FailureKind, isPortError } from '../../ports/failure.ts';

/** Asserts that a port's call fails as promised. */
export async function assertPortError(
  call: Promise<unknown>,
  expected: { readonly kind: FailureKind; readonly code: string },
): Promise<void> {
  await assert.rejects(call, (error: unknown) => {
    assert.ok(isPortError(error), `a PortError is expected, not ${String(error)}`);
    assert.deepEqual({ kind: error.kind, code: error.code }, expected);
    return true;
  });
}
