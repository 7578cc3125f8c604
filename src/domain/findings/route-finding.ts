import { type FindingRoute, findingRoutes } from './finding-routes.ts';
import { type FindingType, parseFindingType } from './finding-type.ts';

export interface RoutedType extends FindingRoute {
  /** Whether the type is none that is documented: it is routed by its purpose and resource. */
  readonly unknown: boolean;
}

/**
 * What is done about findings of a type, whatever the type.
 *
 * @example routeFinding('Backdoor:EC2/C&CActivity.B!DNS').disposition // 'contain-instance'
 */
export function routeFinding(type: string): RoutedType {
  const route = findingRoutes.get(type);
  return route === undefined
    ? { ...guess(parseFindingType(type)), unknown: true }
    : { ...route, unknown: false };
}

/** Purposes that speak of a setting or a stored object: nothing that is contained. */
const noticePurposes: ReadonlySet<string> = new Set([
  'DefenseImpairment',
  'Object',
  'Policy',
  'ResourceDevelopment',
]);
/** What somebody else does to a resource. */
const inboundPurposes: ReadonlySet<string> = new Set(['Recon', 'InitialAccess']);
/** Copies at rest, that nothing runs in. */
const storedArtifacts: ReadonlySet<string> = new Set(['AMI', 'RecoveryPoint', 'Snapshot']);

const byResource: ReadonlyMap<string, FindingRoute> = new Map<string, FindingRoute>([
  ['EC2', { disposition: 'contain-instance', topic: 'instance' }],
  ['Runtime', { disposition: 'contain-instance', topic: 'runtime' }],
  ['IAMUser', { disposition: 'contain-credentials', topic: 'credentials' }],
  ['IAM', { disposition: 'contain-credentials', topic: 'credentials' }],
  ['S3', { disposition: 'contain-bucket', topic: 'bucket' }],
  ['Kubernetes', { disposition: 'notify', topic: 'kubernetes' }],
  ['EKS', { disposition: 'notify', topic: 'kubernetes' }],
  ['ECS', { disposition: 'notify', topic: 'container' }],
  ['Container', { disposition: 'notify', topic: 'container' }],
  ['RDS', { disposition: 'notify', topic: 'database' }],
  ['Lambda', { disposition: 'notify', topic: 'function' }],
]);

function guess(type: FindingType | undefined): FindingRoute {
  if (type?.purpose === 'AttackSequence') return { disposition: 'notify', topic: 'attack-sequence' };
  const known = type === undefined ? undefined : byResource.get(type.resource);
  if (type === undefined || known === undefined) return { disposition: 'notify', topic: 'unknown' };
  if (storedArtifacts.has(type.artifact ?? '')) return { disposition: 'notify', topic: 'backup' };
  if (noticePurposes.has(type.purpose)) return { disposition: 'notify', topic: known.topic };
  if (type.resource !== 'EC2') return known;
  return { ...known, presumed: inboundPurposes.has(type.purpose) ? 'TARGET' : 'ACTOR' };
}
