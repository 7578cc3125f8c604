import { afterAll, beforeAll, describe, test } from '@jest/globals';
import { containmentContract } from '../../../src/adapters/contracts/containment-contract.ts';
import { startEmulatedAccount } from './containment/emulated-account.ts';

let emulated: Awaited<ReturnType<typeof startEmulatedAccount>>;

beforeAll(async () => {
  emulated = await startEmulatedAccount();
});
afterAll(() => emulated.close());

describe(`the contract of ${containmentContract.port}`, () => {
  test.each(containmentContract.cases)('$name', ({ run }) => run(emulated.subject));
});
