/** The domain of Sallyport: services and functions over ports, without SDK, framework or environment. */
export * from './domain/intake/intake-starter.ts';
export * from './domain/intake/judge-upload.ts';
export * from './domain/intake/refusal-alert.ts';
export * from './domain/intake/upload-identity.ts';
export * from './domain/intake/upload-recorder.ts';
export * from './domain/kernel/canonical-time.ts';
export * from './domain/kernel/object-key.ts';
export * from './domain/kernel/object-key-policy.ts';
export * from './domain/kernel/object-key-violations.ts';
export * from './domain/kernel/printable-text.ts';
export * from './domain/trail/filter-trail-log.ts';
export * from './domain/trail/rule-packs.ts';
export * from './domain/trail/trail-log-error.ts';
export * from './domain/trail/trail-rules.ts';
export * from './ports/index.ts';
