export * from './fault-injection.ts';
export * from './manual-clock.ts';
export * from './memory-alert-channel.ts';
export * from './memory-audit-log.ts';
export * from './memory-object-store.ts';
export * from './memory-upload-ledger.ts';
export * from './memory-workflow-engine.ts';
