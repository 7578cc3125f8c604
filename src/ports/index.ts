export * from './alert-channel.ts';
export * from './audit-log.ts';
export * from './clock.ts';
export * from './failure.ts';
export * from './json.ts';
export * from './object-store.ts';
export * from './upload-ledger.ts';
export * from './workflow-engine.ts';
