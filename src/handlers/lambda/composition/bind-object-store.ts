import { S3Client } from '@aws-sdk/client-s3';
import { S3ObjectStore } from '../../../adapters/aws/s3-object-store.ts';
import { awsClientSettings } from './aws-client-settings.ts';
import { tokens } from './tokens.ts';
import type { TracedContainer } from './traced-container.ts';

/** Meets `ObjectStore` by S3. */
export function bindObjectStore({ container, traced }: TracedContainer): void {
  container
    .bind(tokens.objectStore)
    .toResolvedValue(() => new S3ObjectStore({ client: traced(new S3Client(awsClientSettings)) }));
}
