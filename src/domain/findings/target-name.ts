import type { ContainmentTarget } from '../../ports/containment.ts';

/**
 * The one name of a target, for example `111122223333/eu-central-1/instance/i-0abc`. Of a user there is one, whichever of
 * its keys is in question.
 */
export function targetName(target: ContainmentTarget): string {
  switch (target.kind) {
    case 'instance':
      return `${target.account}/${target.region}/instance/${target.instanceId}`;
    case 'bucket':
      return `${target.account}/${target.region}/bucket/${target.bucket}`;
    case 'user':
      return `${target.account}/user/${target.userName}`;
    case 'role':
      return `${target.account}/role/${target.roleName}`;
  }
}

/** Where calls about the target are made. IAM has one endpoint for all regions. */
export function regionOf(target: ContainmentTarget): string {
  return 'region' in target ? target.region : 'us-east-1';
}
