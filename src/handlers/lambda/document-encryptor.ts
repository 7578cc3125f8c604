import type { APIGatewayProxyEvent, APIGatewayProxyResult, Handler } from 'aws-lambda';
import { encryptDocument } from './api/encrypt-document.ts';
import { documentEncryptorContainer } from './composition/document-encryptor-container.ts';
import { tokens } from './composition/tokens.ts';
import { documentEncryptorEnvironment } from './document-encryptor.env.ts';
import { readEnvironment } from './environment.ts';
import { createTelemetry, observed } from './telemetry.ts';

const environment = readEnvironment(documentEncryptorEnvironment, process.env);
const telemetry = await createTelemetry(process.env);
const container = documentEncryptorContainer(environment, telemetry);

/** `POST /documents/encrypt`: a document is copied under the key. */
export const handler: Handler<APIGatewayProxyEvent, APIGatewayProxyResult> = (event, context) =>
  observed(telemetry, context, () => {
    const ports = {
      encryptor: container.get(tokens.documentEncryptor),
      bucket: environment.DOCUMENTS_BUCKET_NAME,
      requestId: context.awsRequestId,
    };
    return encryptDocument(event, ports, telemetry);
  });
