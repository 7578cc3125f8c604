import type { PublicAccessBlock } from '../../../ports/resource-inventory.ts';
import { required } from './reading-of.ts';

interface Configuration {
  readonly BlockPublicAcls?: boolean | undefined;
  readonly IgnorePublicAcls?: boolean | undefined;
  readonly BlockPublicPolicy?: boolean | undefined;
  readonly RestrictPublicBuckets?: boolean | undefined;
}

/** What holds where none is set. */
export const noPublicAccessBlock: PublicAccessBlock = {
  blockPublicAcls: false,
  ignorePublicAcls: false,
  blockPublicPolicy: false,
  restrictPublicBuckets: false,
};

/** The four switches as S3 and S3 Control answer them; one that is not named is off. */
export function publicAccessBlockOf(configuration: Configuration | undefined): PublicAccessBlock {
  const given = required(configuration, 'PublicAccessBlockConfiguration');
  return {
    blockPublicAcls: given.BlockPublicAcls === true,
    ignorePublicAcls: given.IgnorePublicAcls === true,
    blockPublicPolicy: given.BlockPublicPolicy === true,
    restrictPublicBuckets: given.RestrictPublicBuckets === true,
  };
}
