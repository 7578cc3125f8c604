/** What every bucket of the pipeline's own is: versioned, closed to the public, without access control lists. */
export const closedBucket = {
  VersioningConfiguration: { Status: 'Enabled' },
  PublicAccessBlockConfiguration: {
    BlockPublicAcls: true,
    BlockPublicPolicy: true,
    IgnorePublicAcls: true,
    RestrictPublicBuckets: true,
  },
  OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
} as const;
