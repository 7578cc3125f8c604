import { randomUUID } from 'node:crypto';
import type { ServiceAnswer } from '../account/local-service.ts';
import { element, type Xml, xmlDocument } from '../s3/xml.ts';

/** An error in the form of a protocol. */
type Fault = (status: number, code: string, message: string) => ServiceAnswer;

const json: Fault = (status, code, message) => answerJson(status, { __type: code, message });

/** REST with JSON names the error in a header. */
const restJson: Fault = (status, code, message) => {
  const answer = answerJson(status, { Message: message, message });
  return { ...answer, headers: { ...answer.headers, 'x-amzn-errortype': code } };
};

const query: Fault = (status, code, message) => {
  const error = element(
    'Error',
    element('Type', 'Sender'),
    element('Code', code),
    element('Message', message),
  );
  return answerXml(status, element('ErrorResponse', error, element('RequestId', randomUUID())));
};

const ec2: Fault = (status, code, message) => {
  const error = element('Error', element('Code', code), element('Message', message));
  return answerXml(status, element('Response', element('Errors', error), element('RequestID', randomUUID())));
};

const restXml: Fault = (status, code, message) => {
  const error = element('Error', element('Code', code), element('Message', message));
  return answerXml(status, element('ErrorResponse', error, element('RequestId', randomUUID())));
};

const coralJson: Fault = (status, code, message) =>
  answerJson(status, { __type: `com.amazon.coral.service#${code}`, Message: message });

/** Its JSON names the errors as its XML did: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html */
const sqs: Fault = (status, code, message) => {
  const answer = json(status, `com.amazon.coral.service#${code}`, message);
  const queryCode = code.replace(/Exception$/, '');
  return { ...answer, headers: { ...answer.headers, 'x-amzn-query-error': `${queryCode};Sender` } };
};

/** How a service tells an error, and what it calls a denial. */
interface Wording {
  readonly fault: Fault;
  readonly denial: readonly [status: number, code: string];
}

/** "AccessDeniedException" is among the common errors of each API, with HTTP status 400. */
const ofJson: Wording = { fault: json, denial: [400, 'AccessDeniedException'] };
const ofRestJson: Wording = { fault: restJson, denial: [403, 'AccessDeniedException'] };
const ofQuery: Wording = { fault: query, denial: [403, 'AccessDenied'] };

/** By the name in the credential scope. */
const wordings: Readonly<Record<string, Wording>> = {
  apigateway: ofRestJson,
  autoscaling: ofQuery,
  dynamodb: { ...ofJson, fault: coralJson },
  ec2: { fault: ec2, denial: [403, 'UnauthorizedOperation'] },
  elasticloadbalancing: ofQuery,
  iam: ofQuery,
  lambda: ofRestJson,
  's3-control': { ...ofQuery, fault: restXml },
  securityhub: ofRestJson,
  // https://docs.aws.amazon.com/sns/latest/api/API_Publish.html, "AuthorizationError"
  sns: { ...ofQuery, denial: [403, 'AuthorizationError'] },
  sqs: { fault: sqs, denial: [403, 'AccessDeniedException'] },
  sts: ofQuery,
};

function wordingOf(service: string): Wording {
  return (Object.hasOwn(wordings, service) ? wordings[service] : undefined) ?? ofJson;
}

/** What a service answers to a caller that may not. */
export function refusalOf(service: string, message: string): ServiceAnswer {
  const { fault, denial } = wordingOf(service);
  const preface = service === 'ec2' ? 'You are not authorized to perform this operation. ' : '';
  return fault(...denial, `${preface}${message}`);
}

/** What a service answers to a request that is not as it has to be, with status 400. */
export function answerFault(service: string, code: string, message: string): ServiceAnswer {
  return wordingOf(service).fault(400, code, message);
}

function answerJson(status: number, body: object): ServiceAnswer {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': randomUUID() };
  return { status, headers, body: JSON.stringify(body) };
}

function answerXml(status: number, root: Xml): ServiceAnswer {
  const headers = { 'content-type': 'text/xml', 'x-amzn-requestid': randomUUID() };
  return { status, headers, body: xmlDocument(root) };
}
