import { randomUUID } from 'node:crypto';
import { readPublicAccessBlock } from '../s3/bucket-configuration-operations.ts';
import type { PublicAccessBlock } from '../s3/bucket-settings.ts';
import { element, elementsNamed, type Xml, xmlDocument } from '../s3/xml.ts';
import type { LocalService, ServiceAnswer } from './local-service.ts';

/** What is set for all buckets of an account. A new account has no block of public access. */
export class LocalBucketsOfAccount {
  readonly accountId: string;
  publicAccessBlock: PublicAccessBlock | undefined;

  constructor(accountId: string) {
    this.accountId = accountId;
  }
}

const path = '/v20180820/configuration/publicAccessBlock';
const namespace = 'http://awss3control.amazonaws.com/doc/2018-08-20/';

/**
 * S3 Control, as far as the account's block of public access goes
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_GetPublicAccessBlock.html).
 */
export function createS3ControlService(buckets: LocalBucketsOfAccount): LocalService {
  return ({ method, url, headers, body }) => {
    const [target = ''] = url.split('?', 1);
    if (target !== path || !['GET', 'PUT', 'DELETE'].includes(method)) {
      return refusal(501, 'NotImplemented', `The local run does not emulate ${method} ${target}.`);
    }
    if (headers['x-amz-account-id'] !== buckets.accountId) {
      return refusal(403, 'AccessDenied', 'Access Denied');
    }
    switch (method) {
      case 'PUT':
        if (elementsNamed(body, 'PublicAccessBlockConfiguration').length !== 1) {
          return refusal(400, 'MalformedXML', 'The XML you provided was not well-formed');
        }
        buckets.publicAccessBlock = readPublicAccessBlock(body);
        return answer(201);
      case 'DELETE':
        buckets.publicAccessBlock = undefined;
        return answer(204);
      default:
        return tell(buckets.publicAccessBlock);
    }
  };
}

function tell(block: PublicAccessBlock | undefined): ServiceAnswer {
  if (block === undefined) {
    const message = 'The public access block configuration was not found';
    return refusal(404, 'NoSuchPublicAccessBlockConfiguration', message);
  }
  const switches = Object.entries(block).map(([name, on]) => element(name, on));
  return answer(200, element(`PublicAccessBlockConfiguration xmlns="${namespace}"`, ...switches));
}

function refusal(status: number, code: string, message: string): ServiceAnswer {
  const error = element('Error', element('Code', code), element('Message', message));
  return answer(status, element('ErrorResponse', error, element('RequestId', randomUUID())));
}

function answer(status: number, root?: Xml): ServiceAnswer {
  const headers = { 'content-type': 'application/xml', 'x-amz-request-id': randomUUID() };
  return { status, headers, body: root === undefined ? '' : xmlDocument(root) };
}
