export * from './dynamodb-alert-windows.ts';
export * from './dynamodb-audit-log.ts';
export * from './dynamodb-backfill-ledger.ts';
export * from './dynamodb-dead-letter-store.ts';
export * from './dynamodb-record-store.ts';
export * from './dynamodb-remediation-ledger.ts';
export * from './dynamodb-trail-event-store.ts';
export * from './dynamodb-upload-ledger.ts';
