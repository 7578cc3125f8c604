export * from './alert-channel-contract.ts';
export * from './audit-log-contract.ts';
export * from './clock-contract.ts';
export * from './contract.ts';
export * from './object-store-contract.ts';
export * from './upload-ledger-contract.ts';
export * from './workflow-engine-contract.ts';
