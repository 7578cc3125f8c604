export * from './dynamodb.ts';
export * from './s3.ts';
export * from './s3-upload-signer.ts';
export * from './sns-alert-channel.ts';
export * from './sqs-message-queue.ts';
export * from './step-functions-workflow-engine.ts';
export * from './translate-failure.ts';
