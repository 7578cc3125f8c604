import type { APIGatewayProxyResult } from 'aws-lambda';
import type { SensitiveDataScanner } from '../../../domain/sensitive-data/sensitive-data-scanner.ts';
import { measure } from '../measure.ts';
import type { Telemetry } from '../telemetry.ts';
import { type ApiRequest, answerRequest } from './answer-request.ts';
import { documentMissing, keyRefused } from './document-problems.ts';

export interface DocumentScanPorts {
  readonly scanner: Pick<SensitiveDataScanner, 'scan'>;
  /** The bucket of documents. */
  readonly bucket: string;
  /** The id of the invocation, which no caller chooses. */
  readonly requestId: string;
}

const metricByVerdict = {
  compliant: 'DocumentsCompliant',
  'non-compliant': 'DocumentsNonCompliant',
  indeterminate: 'DocumentsIndeterminate',
} as const;

/** `POST /documents/scan`: searches a document for sensitive data, and gives the verdict with masked findings. */
export function scanDocument(
  event: ApiRequest,
  { scanner, bucket, requestId }: DocumentScanPorts,
  telemetry: Telemetry,
): Promise<APIGatewayProxyResult> {
  return answerRequest(event, 'scan', requestId, telemetry, async request => {
    const { document_key, version_id } = request;
    const scan = await scanner.scan({
      bucket,
      key: document_key,
      ...(version_id === undefined ? {} : { versionId: version_id }),
      requestId,
    });
    if (scan.outcome === 'missing') return { problem: documentMissing };
    if (scan.outcome === 'key-refused') return { problem: keyRefused(scan.reasons) };
    const { ref, verdict, type, reasons, findings, counts } = scan;
    measure(telemetry.metrics, metricByVerdict[verdict]);
    return {
      response: {
        document_key,
        version_id: ref.versionId,
        verdict,
        pci_dss_compliant: verdict === 'compliant',
        ...(type === undefined ? {} : { content_type: type }),
        reasons: [...reasons],
        findings: [...findings],
        finding_counts: { ...counts },
      },
    };
  });
}
