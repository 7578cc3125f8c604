import { printableText } from '../../domain/kernel/printable-text.ts';

/** What every log line about an upload says of it; texts from outside are shown, never obeyed. */
export interface UploadFacts {
  readonly correlationId: string;
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string | undefined;
}

export function uploadFacts(
  upload: { readonly bucket: string; readonly key: string; readonly versionId?: string },
  correlationId: string,
): UploadFacts {
  return {
    correlationId,
    bucket: printableText(upload.bucket),
    key: printableText(upload.key),
    versionId: upload.versionId === undefined ? undefined : printableText(upload.versionId),
  };
}
