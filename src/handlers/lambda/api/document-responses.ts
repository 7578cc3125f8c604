import * as z from 'zod';
import type { DocumentOperation } from './document-requests.ts';
import { problemReason } from './problem-details.ts';

const requestId = z.string().meta({ description: 'Id of the request, also in logs and audit.' });
const documentKey = z.string().meta({ description: 'Key of the document, as it was sent.' });
const versionId = z.string().meta({ description: 'Version that was worked on.' });
const mediaType = z
  .string()
  .meta({ description: 'Media type that the bytes show.', example: 'application/pdf' });
const reason = problemReason.omit({ position: true });

const finding = z.object({
  kind: z.string().meta({ description: 'Kind of sensitive data.', example: 'payment-card' }),
  start: z.int().min(0).meta({ description: 'First UTF-16 unit, in the extracted text.' }),
  end: z.int().min(0).meta({ description: 'UTF-16 unit after the last.' }),
  masked: z.string().meta({ description: 'The value, masked.', example: '411111******1111' }),
  confidence: z.enum(['high', 'medium']),
  reason: z.string().meta({ description: 'Why it counts.', example: 'Visa, 16 digits, Luhn' }),
  page: z.int().min(1).optional(),
  part: z.string().optional().meta({ description: 'Part of the document, where it is not the body.' }),
});

/** What the operations of the document API answer with status 200. */
export const documentResponses = {
  validate: z.object({
    request_id: requestId,
    document_key: documentKey,
    version_id: versionId,
    valid: z.literal(true),
    content_type: mediaType,
    size: z.int().min(1).meta({ description: 'Bytes.' }),
    pages: z.int().min(0).optional(),
    notes: z.array(reason).meta({ description: 'What is worth knowing, such as links.' }),
  }),
  encrypt: z.object({
    request_id: requestId,
    source_key: documentKey,
    version_id: versionId,
    encrypted_key: z
      .string()
      .meta({ description: 'Key of the copy.', example: 'encrypted/claims/2026/17.pdf' }),
    encrypted_version_id: z.string(),
    kms_key_id: z.string().meta({ description: 'ARN of the key that the copy is encrypted under.' }),
  }),
  scan: z.object({
    request_id: requestId,
    document_key: documentKey,
    version_id: versionId,
    verdict: z.enum(['compliant', 'non-compliant', 'indeterminate']),
    pci_dss_compliant: z
      .boolean()
      .meta({ description: 'True for `compliant` only: what could not be read is not known to be clean.' }),
    content_type: mediaType.optional(),
    reasons: z.array(reason),
    findings: z.array(finding).meta({ description: 'The first ones, in the order of the text.' }),
    finding_counts: z
      .record(z.string(), z.int().min(1))
      .meta({ description: 'Of each kind, how many were found in all.' }),
  }),
  uploadUrl: z.object({
    request_id: requestId,
    document_key: documentKey,
    url: z.string().meta({ description: 'Where the form goes, by POST.' }),
    fields: z
      .record(z.string(), z.string())
      .meta({ description: 'Fields of the form (multipart/form-data), all before the field `file`.' }),
    expires_at: z.iso.datetime().meta({ description: 'When the permit ends, at the latest.' }),
    minimum_bytes: z.int().min(0),
    maximum_bytes: z.int().min(1),
  }),
} as const satisfies Readonly<Record<DocumentOperation, z.ZodType>>;

export type DocumentResponse<Operation extends DocumentOperation> = z.infer<
  (typeof documentResponses)[Operation]
>;
