import { randomUUID } from 'node:crypto';
import type { ServiceAnswer } from '../account/local-service.ts';
import { element, type Xml, xmlDocument } from '../s3/xml.ts';

type Refuse = (message: string) => ServiceAnswer;

/** JSON: "AccessDeniedException" is among the common errors of each API, with HTTP status 400. */
const json: Refuse = message => answerJson(400, { __type: 'AccessDeniedException', message });

/** REST with JSON names the error in a header, with status 403. */
const restJson: Refuse = message => {
  const answer = answerJson(403, { Message: message, message });
  return { ...answer, headers: { ...answer.headers, 'x-amzn-errortype': 'AccessDeniedException' } };
};

const query =
  (code: string): Refuse =>
  message => {
    const error = element(
      'Error',
      element('Type', 'Sender'),
      element('Code', code),
      element('Message', message),
    );
    return answerXml(403, element('ErrorResponse', error, element('RequestId', randomUUID())));
  };

/** How each service refuses, by the name in the credential scope. */
const refusals: Readonly<Record<string, Refuse>> = {
  apigateway: restJson,
  autoscaling: query('AccessDenied'),
  dynamodb: message =>
    answerJson(400, { __type: 'com.amazon.coral.service#AccessDeniedException', Message: message }),
  ec2: message => {
    const text = `You are not authorized to perform this operation. ${message}`;
    const error = element('Error', element('Code', 'UnauthorizedOperation'), element('Message', text));
    return answerXml(403, element('Response', element('Errors', error), element('RequestID', randomUUID())));
  },
  elasticloadbalancing: query('AccessDenied'),
  iam: query('AccessDenied'),
  lambda: restJson,
  's3-control': message => {
    const error = element('Error', element('Code', 'AccessDenied'), element('Message', message));
    return answerXml(403, element('ErrorResponse', error, element('RequestId', randomUUID())));
  },
  securityhub: restJson,
  // https://docs.aws.amazon.com/sns/latest/api/API_Publish.html, "AuthorizationError"
  sns: query('AuthorizationError'),
  // Its JSON names the errors as its XML did: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
  sqs: message => {
    const answer = answerJson(403, { __type: 'com.amazon.coral.service#AccessDeniedException', message });
    return { ...answer, headers: { ...answer.headers, 'x-amzn-query-error': 'AccessDenied;Sender' } };
  },
  sts: query('AccessDenied'),
};

/** What a service answers to a caller that may not. */
export function refusalOf(service: string, message: string): ServiceAnswer {
  const refuse = Object.hasOwn(refusals, service) ? refusals[service] : undefined;
  return (refuse ?? json)(message);
}

function answerJson(status: number, body: object): ServiceAnswer {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': randomUUID() };
  return { status, headers, body: JSON.stringify(body) };
}

function answerXml(status: number, root: Xml): ServiceAnswer {
  const headers = { 'content-type': 'text/xml', 'x-amzn-requestid': randomUUID() };
  return { status, headers, body: xmlDocument(root) };
}
