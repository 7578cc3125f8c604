/** How the names of the pipeline's resources begin, and of its roles, which CloudFormation calls after their stacks. */
export const ours = { prefix: 'sallyport-' };

/** Where it says what a record of CloudTrail holds. */
export const recordReferences = [
  'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html',
];
