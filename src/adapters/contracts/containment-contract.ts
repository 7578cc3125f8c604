import { bucketCases } from './containment/bucket-cases.ts';
import type { ContainmentSubject } from './containment/containment-subject.ts';
import { identityCases } from './containment/identity-cases.ts';
import { instanceCases } from './containment/instance-cases.ts';
import { networkCases } from './containment/network-cases.ts';
import { scalingCases } from './containment/scaling-cases.ts';
import type { Contract } from './contract.ts';

export type {
  ContainmentSubject,
  ContractInstance,
  ScalingSizes,
} from './containment/containment-subject.ts';

/**
 * What every `Containment` promises. Its cases put up things, and change them: an account of its own is needed. They look
 * right after each call, as an emulator lets them.
 */
export const containmentContract: Contract<ContainmentSubject> = {
  port: 'Containment',
  cases: [...instanceCases, ...networkCases, ...scalingCases, ...identityCases, ...bucketCases],
};
