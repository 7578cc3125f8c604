import type { APIGatewayProxyEvent, APIGatewayProxyResult, Handler } from 'aws-lambda';
import { issueUploadUrl } from './api/issue-upload-url.ts';
import { tokens } from './composition/tokens.ts';
import { uploadUrlIssuerContainer } from './composition/upload-url-issuer-container.ts';
import { readEnvironment } from './environment.ts';
import { createTelemetry, observed } from './telemetry.ts';
import { uploadUrlIssuerEnvironment } from './upload-url-issuer.env.ts';

const environment = readEnvironment(uploadUrlIssuerEnvironment, process.env);
const telemetry = await createTelemetry(process.env);
const container = uploadUrlIssuerContainer(environment, telemetry);

/** `POST /documents/upload-url`: an upload is permitted. */
export const handler: Handler<APIGatewayProxyEvent, APIGatewayProxyResult> = (event, context) =>
  observed(telemetry, context, () => {
    const ports = {
      issuer: container.get(tokens.uploadPermitIssuer),
      requestId: context.awsRequestId,
    };
    return issueUploadUrl(event, ports, telemetry);
  });
