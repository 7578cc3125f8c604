import type { ServiceAnswer } from '../account/local-service.ts';
import type { Credential } from '../credential.ts';
import { answerFault } from './refusal.ts';
import type { ServiceCall } from './service-call.ts';

/** Services whose calls are forms. */
const takeForms: readonly string[] = ['autoscaling', 'ec2', 'elasticloadbalancing', 'iam', 'sns', 'sts'];

/**
 * Refuses, whoever asks, what could be judged as one call and served as another: judge and service read a request each
 * for itself. `undefined` of all that reads one way, as every request of an SDK does.
 */
export function refuseAmbiguity(
  call: ServiceCall,
  credential: Credential | 'unreadable' | undefined,
): ServiceAnswer | undefined {
  const { service } = call;
  if (credential === 'unreadable') {
    const message = 'The request signature does not conform to AWS standards: it is no Signature Version 4.';
    return answerFault(service, 'IncompleteSignature', message);
  }
  const { 'x-amz-target': target } = call.headers;
  if (target !== undefined && !/^\w+\.\w+$/.test(target)) {
    return answerFault(service, 'UnknownOperationException', `The target ${target} names no operation.`);
  }
  if (!isNormalPath(call.url)) {
    return answerFault(service, 'InvalidRequest', 'The path is not in its normal form.');
  }
  const doubled = takeForms.includes(service) ? firstDoubled(call.body) : undefined;
  if (doubled === undefined) return undefined;
  return answerFault(service, 'InvalidQueryParameter', `The parameter ${doubled} stands there twice.`);
}

/** With `..` in it, a path would be another one to who resolves it. */
function isNormalPath(url: string): boolean {
  const [path = ''] = url.split('?', 1);
  return URL.parse(`http://localhost${path}`)?.pathname === path;
}

function firstDoubled(form: string): string | undefined {
  const names = new Set<string>();
  for (const name of new URLSearchParams(form).keys()) {
    if (names.has(name)) return name;
    names.add(name);
  }
  return undefined;
}
