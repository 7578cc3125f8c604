import { randomUUID } from 'node:crypto';
import { element, type Xml, xmlDocument } from '../s3/xml.ts';
import type { LocalService, ServiceAnswer, ServiceRequest } from './local-service.ts';

/** What an action answers, by element names; a list is one element that holds `item` or `member` elements. */
export type QueryAnswer =
  | string
  | number
  | boolean
  | undefined
  | readonly QueryAnswer[]
  | { readonly [name: string]: QueryAnswer };

/** One action of a service that speaks a query protocol. Throws {@link QueryError} for what the service refuses. */
export type QueryAction = (parameters: QueryParameters, request: ServiceRequest) => QueryAnswer;

/** A refusal, with the code that the service documents. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** The parameters of a call, or of one structure within it: `Filter.1.Value.2=x`, `Targets.member.1.Id=i-0`. */
export class QueryParameters {
  readonly #values: ReadonlyMap<string, string>;
  readonly #prefix: string;

  constructor(values: ReadonlyMap<string, string>, prefix = '') {
    this.#values = values;
    this.#prefix = prefix;
  }

  static of(body: string): QueryParameters {
    return new QueryParameters(new Map(new URLSearchParams(body)));
  }

  optionalText(name: string): string | undefined {
    return this.#values.get(`${this.#prefix}${name}`);
  }

  text(name: string): string {
    const value = this.optionalText(name);
    if (value === undefined) throw new QueryError('MissingParameter', `${name} is missing`);
    return value;
  }

  optionalNumber(name: string): number | undefined {
    const text = this.optionalText(name);
    return text === undefined ? undefined : Number(text);
  }

  texts(name: string): string[] {
    return this.#keysOf(name).map(key => this.#values.get(key) ?? '');
  }

  structure(name: string): QueryParameters {
    return new QueryParameters(this.#values, `${this.#prefix}${name}.`);
  }

  structures(name: string): QueryParameters[] {
    return this.#keysOf(name).map(key => new QueryParameters(this.#values, `${key}.`));
  }

  /** The keys of a list's entries, in the order of their numbers. */
  #keysOf(name: string): string[] {
    const list = `${this.#prefix}${name}.`;
    const keys = [...this.#values.keys()]
      .filter(key => key.startsWith(list))
      .map(key => /^(?:member\.)?\d+/.exec(key.slice(list.length))?.[0])
      .filter(entry => entry !== undefined);
    const numberOf = (entry: string) => Number(entry.replace('member.', ''));
    return [...new Set(keys)]
      .sort((one, other) => numberOf(one) - numberOf(other))
      .map(entry => `${list}${entry}`);
  }
}

export interface QueryServiceOptions {
  /** EC2 wraps neither results nor errors as the others do. */
  readonly protocol: 'ec2' | 'query';
  readonly namespace: string;
  readonly actions: Readonly<Record<string, QueryAction>>;
}

/**
 * A service that takes form-encoded actions and answers XML.
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html, https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html
 */
export function createQueryService({ protocol, namespace, actions }: QueryServiceOptions): LocalService {
  return request => {
    const requestId = randomUUID();
    const parameters = QueryParameters.of(request.body);
    const name = parameters.optionalText('Action') ?? '';
    try {
      const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
      if (action === undefined) {
        throw new QueryError('NotImplemented', `The local run does not emulate "${name}".`, 501);
      }
      const result = content(action(parameters, request), protocol === 'ec2' ? 'item' : 'member');
      const wrapped =
        protocol === 'ec2'
          ? [element('requestId', requestId), ...result]
          : [
              element(`${name}Result`, ...result),
              element('ResponseMetadata', element('RequestId', requestId)),
            ];
      return answer(200, element(`${name}Response xmlns="${namespace}"`, ...wrapped), requestId);
    } catch (error) {
      if (!(error instanceof QueryError)) throw error;
      return answer(error.status, errorOf(error, protocol, requestId), requestId);
    }
  };
}

/** A page of a list, and the token of the next one where there is one. */
export function pageOf<Item>(
  items: readonly Item[],
  size: number,
  token: string | undefined,
): { readonly page: readonly Item[]; readonly next: string | undefined } {
  const start = token === undefined ? 0 : Number(token);
  const end = start + size;
  return { page: items.slice(start, end), next: end < items.length ? String(end) : undefined };
}

function content(value: QueryAnswer, itemName: string): (string | number | boolean | Xml)[] {
  if (value === undefined) return [];
  if (typeof value !== 'object') return [value];
  if (isList(value)) return value.map(item => element(itemName, ...content(item, itemName)));
  return Object.entries(value).flatMap(([name, inner]) =>
    inner === undefined ? [] : [element(name, ...content(inner, itemName))],
  );
}

function isList(value: object): value is readonly QueryAnswer[] {
  return Array.isArray(value);
}

function errorOf(
  { code, message, status }: QueryError,
  protocol: QueryServiceOptions['protocol'],
  requestId: string,
): Xml {
  if (protocol === 'ec2') {
    const error = element('Error', element('Code', code), element('Message', message));
    return element('Response', element('Errors', error), element('RequestID', requestId));
  }
  const type = element('Type', status >= 500 ? 'Receiver' : 'Sender');
  const error = element('Error', type, element('Code', code), element('Message', message));
  return element('ErrorResponse', error, element('RequestId', requestId));
}

function answer(status: number, root: Xml, requestId: string): ServiceAnswer {
  const headers = { 'content-type': 'text/xml;charset=UTF-8', 'x-amzn-requestid': requestId };
  return { status, headers, body: xmlDocument(root) };
}
