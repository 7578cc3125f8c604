import { partOf, userTypeOf } from './containment-aim.ts';
import type { GuardDutyFinding } from './guard-duty-finding.ts';
import { routeFinding } from './route-finding.ts';

/** Paths of the members that calls about the finding would be made with: without them, or in another form, it is refused. */
export function fieldsNeeded(finding: GuardDutyFinding): readonly string[] {
  if (finding.sample || finding.archived) return [];
  const route = routeFinding(finding.type);
  switch (route.disposition) {
    case 'contain-instance': {
      const isOther = finding.resourceType !== undefined && finding.resourceType !== 'Instance';
      return isOther || partOf(finding, route) === 'TARGET'
        ? []
        : ['resource', 'resource.instanceDetails', 'resource.instanceDetails.instanceId'];
    }
    case 'contain-credentials':
      return credentialFields(finding);
    case 'contain-bucket':
      // The first is contained, the others are only told of.
      return [
        'resource',
        'resource.s3BucketDetails',
        'resource.s3BucketDetails.0',
        'resource.s3BucketDetails.0.name',
      ];
    case 'notify':
      return [];
  }
}

function credentialFields({ principal = {} }: GuardDutyFinding): readonly string[] {
  const details = 'resource.accessKeyDetails';
  const common = ['resource', details];
  switch (principal.userType ?? userTypeOf(principal)) {
    case 'IAMUser':
      return [...common, `${details}.userName`, `${details}.accessKeyId`];
    case 'AssumedRole':
    case 'Role':
      return [...common, `${details}.userName`];
    default:
      return common;
  }
}
