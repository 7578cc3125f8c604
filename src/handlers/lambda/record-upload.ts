import * as z from 'zod';
import type { UploadRecorder } from '../../domain/intake/upload-recorder.ts';
import { uploadIdentity } from '../../domain/kernel/upload-identity.ts';
import type { Timestamp } from '../../ports/clock.ts';
import { asWorkflowError, WorkflowTaskError } from './failure-mapping.ts';
import { measure } from './measure.ts';
import type { Telemetry } from './telemetry.ts';
import { uploadFacts } from './upload-facts.ts';

/** What the writer answers to the state machine. */
export interface RecordedUpload {
  readonly outcome: 'recorded' | 'duplicate';
  readonly uploadTimestamp: Timestamp;
  /** Bytes. */
  readonly size: number;
  readonly etag: string;
  readonly contentType?: string;
}

/** The intake workflow's input, as far as the upload is named by it; its correlation id follows from that. */
const intakeInput = z.object({
  schemaVersion: z.literal(1).default(1),
  bucket: z.string().min(1),
  key: z.string(),
  versionId: z.string().min(1),
});

/**
 * Records the upload that a workflow execution stands for.
 *
 * @throws {WorkflowTaskError} `Sallyport.InvalidInput`, `Sallyport.UploadRefused`, `Sallyport.UploadMissing`, or
 * the name of the failed port's failure kind; the state machine retries, then announces the cause.
 */
export async function recordUpload(
  input: unknown,
  recorder: Pick<UploadRecorder, 'record'>,
  { logger, metrics }: Telemetry,
): Promise<RecordedUpload> {
  const parsed = intakeInput.safeParse(input);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'input'}: ${message}`);
    throw new WorkflowTaskError('Sallyport.InvalidInput', faults.join('; '));
  }
  const { bucket, key, versionId } = parsed.data;
  const facts = uploadFacts(parsed.data, uploadIdentity(parsed.data));

  const startedAt = performance.now();
  const result = await recorder.record({ bucket, key, versionId }).catch((error: unknown) => {
    logger.error('Upload not recorded', { ...facts, error: error as Error });
    throw asWorkflowError(error);
  });
  measure(metrics, 'RecordingDuration', performance.now() - startedAt);

  if (result.outcome === 'missing' || result.outcome === 'refused') {
    logger.error('Upload not recorded', { ...facts, outcome: result.outcome });
  }
  if (result.outcome === 'missing') {
    throw new WorkflowTaskError('Sallyport.UploadMissing', 'The version is not in the bucket (any more).');
  }
  if (result.outcome === 'refused') {
    const codes = result.reasons.map(({ code }) => code).join(', ');
    throw new WorkflowTaskError('Sallyport.UploadRefused', `The upload violates the policy: ${codes}.`);
  }
  const { outcome, upload } = result;
  measure(metrics, outcome === 'recorded' ? 'UploadsRecorded' : 'UploadsDuplicate');
  if (outcome === 'recorded') measure(metrics, 'UploadBytes', upload.size);
  logger.info(outcome === 'recorded' ? 'Upload recorded' : 'Upload already recorded', {
    ...facts,
    uploadTimestamp: upload.uploadTimestamp,
    size: upload.size,
  });
  return {
    outcome,
    uploadTimestamp: upload.uploadTimestamp,
    size: upload.size,
    etag: upload.etag,
    ...(upload.contentType === undefined ? {} : { contentType: upload.contentType }),
  };
}
