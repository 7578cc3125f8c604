export * from './dynamodb-audit-log.ts';
export * from './dynamodb-upload-ledger.ts';
