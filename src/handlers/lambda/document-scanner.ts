import type { APIGatewayProxyEvent, APIGatewayProxyResult, Handler } from 'aws-lambda';
import { scanDocument } from './api/scan-document.ts';
import { documentScannerContainer } from './composition/document-scanner-container.ts';
import { tokens } from './composition/tokens.ts';
import { documentScannerEnvironment } from './document-scanner.env.ts';
import { readEnvironment } from './environment.ts';
import { createTelemetry, observed } from './telemetry.ts';

const environment = readEnvironment(documentScannerEnvironment, process.env);
const telemetry = await createTelemetry(process.env);
const container = documentScannerContainer(environment, telemetry);

/** `POST /documents/scan`: a document is searched for sensitive data. */
export const handler: Handler<APIGatewayProxyEvent, APIGatewayProxyResult> = (event, context) =>
  observed(telemetry, context, () => {
    const ports = {
      scanner: container.get(tokens.sensitiveDataScanner),
      bucket: environment.DOCUMENTS_BUCKET_NAME,
      requestId: context.awsRequestId,
    };
    return scanDocument(event, ports, telemetry);
  });
