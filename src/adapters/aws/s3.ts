export * from './s3-object-listing.ts';
export * from './s3-object-store.ts';
