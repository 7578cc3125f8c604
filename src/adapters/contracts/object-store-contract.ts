import type { Contract } from './contract.ts';
import { absenceCases } from './object-store/absence-cases.ts';
import { copyCases } from './object-store/copy-cases.ts';
import { currentCases } from './object-store/current-cases.ts';
import { keyCases } from './object-store/key-cases.ts';
import type { ObjectStoreSubject } from './object-store/object-store-subject.ts';
import { readCases } from './object-store/read-cases.ts';
import { writeCases } from './object-store/write-cases.ts';

export type { ObjectStoreSubject } from './object-store/object-store-subject.ts';

/** The promises of `ObjectStore`. */
export const objectStoreContract: Contract<ObjectStoreSubject> = {
  port: 'ObjectStore',
  cases: [...writeCases, ...readCases, ...copyCases, ...currentCases, ...absenceCases, ...keyCases],
};
