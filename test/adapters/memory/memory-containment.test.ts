import { describe, test } from '@jest/globals';
import { containmentContract } from '../../../src/adapters/contracts/containment-contract.ts';
import { memorySubject } from './containment/memory-subject.ts';

describe(`the contract of ${containmentContract.port}`, () => {
  test.each(containmentContract.cases)('$name', ({ run }) => run(memorySubject()));
});
