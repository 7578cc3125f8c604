import type { APIGatewayProxyEvent, APIGatewayProxyResult, Handler } from 'aws-lambda';
import { validateDocument } from './api/validate-document.ts';
import { documentValidatorContainer } from './composition/document-validator-container.ts';
import { tokens } from './composition/tokens.ts';
import { documentValidatorEnvironment } from './document-validator.env.ts';
import { readEnvironment } from './environment.ts';
import { createTelemetry, observed } from './telemetry.ts';

const environment = readEnvironment(documentValidatorEnvironment, process.env);
const telemetry = await createTelemetry(process.env);
const container = documentValidatorContainer(environment, telemetry);

/** `POST /documents/upload`: a document that was uploaded is validated. */
export const handler: Handler<APIGatewayProxyEvent, APIGatewayProxyResult> = (event, context) =>
  observed(telemetry, context, () => {
    const ports = {
      validator: container.get(tokens.documentValidator),
      bucket: environment.DOCUMENTS_BUCKET_NAME,
      requestId: context.awsRequestId,
    };
    return validateDocument(event, ports, telemetry);
  });
