export * from './dynamodb.ts';
export * from './s3-object-listing.ts';
export * from './s3-object-store.ts';
export * from './s3-upload-signer.ts';
export * from './sns-alert-channel.ts';
export * from './sqs-message-queue.ts';
export * from './step-functions-workflow-engine.ts';
export * from './translate-failure.ts';
