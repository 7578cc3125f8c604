/** Where a deployment goes, as far as its configuration says. */
export interface Place {
  readonly account?: string | undefined;
  readonly region?: string | undefined;
}

/** A part of an ARN that must be the deployment's. */
type PlacePart = 'partition' | 'region' | 'account';

/**
 * What is wrong with an option that holds ARNs, one line for each part of one that is not of the deployment's place. A part
 * that either leaves open is let through, and so is what is no ARN, and the account of AWS's own managed policies.
 */
export function misplacedArns(
  option: string,
  arns: readonly string[],
  place: Place,
  parts: readonly PlacePart[],
): string[] {
  const here = { ...place, partition: place.region === undefined ? undefined : partitionOf(place.region) };
  return arns.flatMap(arn => {
    const [prefix, partition = '', , region = '', account = ''] = arn.split(':');
    if (prefix !== 'arn') return [];
    const there = { partition, region, account };
    return parts.flatMap(part => {
      const [needed, given] = [here[part], there[part]];
      const isOfAws = part === 'account' && given === 'aws';
      if (needed === undefined || given === '' || isOfAws || given === needed) return [];
      return [`${option}: ${arn} is of ${part} ${given}, and the deployment of ${needed}`];
    });
  });
}

/** AWS General Reference, "Amazon Resource Names (ARNs)"; of isolated regions it says nothing. */
function partitionOf(region: string): string | undefined {
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  return region.includes('-iso') ? undefined : 'aws';
}
