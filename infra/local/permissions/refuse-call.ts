import type { ServiceAnswer } from '../account/local-service.ts';
import type { Permissions } from './permissions.ts';
import { refusalOf } from './refusal.ts';
import { operationOf, type ResourceFacts, type ServiceCall } from './service-call.ts';
import { serviceNeeds } from './service-needs.ts';

/** What the service answers to a call that its caller may not make; `undefined` where it may. */
export async function refuseCall(
  call: ServiceCall & { readonly accessKeyId: string | undefined; readonly sourceIp: string },
  permissions: Permissions,
  facts: ResourceFacts,
): Promise<ServiceAnswer | undefined> {
  const { service, accessKeyId = 'anonymous', sourceIp, region } = call;
  // What a call names is in the call's region: a client of another one asks for what is not there.
  const needed = serviceNeeds(call, { ...facts, region });
  const denial =
    needed === undefined
      ? permissions.askUnknown(accessKeyId, `${service}:${nameOf(call)}`)
      : await permissions.ask(accessKeyId, needed, { sourceIp, region });
  return denial && refusalOf(service, denial.message);
}

function nameOf(call: ServiceCall): string {
  const { method, url, body } = call;
  return operationOf(call) || new URLSearchParams(body).get('Action') || `${method} ${url}`;
}
