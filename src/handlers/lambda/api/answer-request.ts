import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type * as z from 'zod';
import { measure } from '../measure.ts';
import type { Telemetry } from '../telemetry.ts';
import { problemMediaType, requestMediaType } from './document-api.env.ts';
import { type DocumentOperation, type DocumentRequest, documentRequests } from './document-requests.ts';
import type { DocumentResponse } from './document-responses.ts';
import { portProblem } from './port-problem.ts';
import { type Problem, problemBody, problemKind } from './problem-details.ts';
import { readRequest } from './read-request.ts';

/** What an operation answers: what it was asked for, or why not. */
export type OperationAnswer<Operation extends DocumentOperation> =
  | { readonly response: Omit<DocumentResponse<Operation>, 'request_id'> }
  | { readonly problem: Problem };

/** The part of an event of API Gateway (REST, Lambda proxy) that is read. */
export type ApiRequest = Pick<
  APIGatewayProxyEvent,
  'headers' | 'multiValueHeaders' | 'body' | 'isBase64Encoded'
>;

const schemas: { readonly [Each in DocumentOperation]: z.ZodType<DocumentRequest<Each>> } = documentRequests;

/**
 * Answers one request of the document API: reads it, lets the operation serve it, and tells what comes of it, failures
 * too. Every answer, log line and audit entry carries the id of the function's invocation: that of API Gateway a caller
 * may choose (`x-amzn-requestid`). A failed request is counted as `DocumentRequestsFailed`, one refused as
 * `DocumentRequestsRefused`.
 */
export async function answerRequest<Operation extends DocumentOperation>(
  event: ApiRequest,
  operation: Operation,
  requestId: string,
  { logger, metrics }: Telemetry,
  serve: (request: DocumentRequest<Operation>) => Promise<OperationAnswer<Operation>>,
): Promise<APIGatewayProxyResult> {
  const read = readRequest(event, schemas[operation]);
  const startedAt = performance.now();
  const answer: OperationAnswer<Operation> =
    read.outcome === 'refused'
      ? read
      : await serve(read.value)
          .catch((error: unknown) => {
            logger.error('Request failed', { requestId, operation, error: error as Error });
            return { problem: portProblem(error) };
          })
          .finally(() => {
            const duration = performance.now() - startedAt;
            measure(metrics, 'DocumentRequestDuration', duration);
          });

  if ('response' in answer) {
    logger.info('Request answered', { requestId, operation, status: 200 });
    return result(200, requestMediaType, requestId, { request_id: requestId, ...answer.response });
  }
  const { problem } = answer;
  const { status } = problemKind(problem.kind);
  measure(metrics, status < 500 ? 'DocumentRequestsRefused' : 'DocumentRequestsFailed');
  const codes = problem.reasons?.map(({ code }) => code);
  logger.warn('Request not granted', { requestId, operation, status, problem: problem.kind, codes });
  const { retryAfter } = problem;
  const headers = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  return result(status, problemMediaType, requestId, problemBody(problem, requestId), headers);
}

function result(
  statusCode: number,
  mediaType: string,
  requestId: string,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): APIGatewayProxyResult {
  return {
    statusCode,
    headers: {
      'content-type': mediaType,
      // Findings and permits are for the caller alone.
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-request-id': requestId,
      ...headers,
    },
    isBase64Encoded: false,
    body: JSON.stringify(body),
  };
}
