import {
  type APIGatewayClient,
  type ApiKey,
  ConflictException,
  CreateApiKeyCommand,
  CreateUsagePlanKeyCommand,
  DeleteApiKeyCommand,
  GetApiKeyCommand,
  GetUsagePlanKeyCommand,
  NotFoundException,
  paginateGetApiKeys,
} from '@aws-sdk/client-api-gateway';
import type {
  ApiKeyExamination,
  ApiKeyRegistry,
  CreateApiKeyOutcome,
  RegisteredApiKey,
} from '../../ports/api-key-registry.ts';
import { PortError } from '../../ports/failure.ts';
import { translateFailure } from './translate-failure.ts';

export interface ApiGatewayApiKeyRegistryOptions {
  readonly client: APIGatewayClient;
  /** The plan that lets the keys in to the API. */
  readonly usagePlanId: string;
  /**
   * What the keys' names begin with: `<prefix>-<version>`. Each key bears it as its tag `sallyport:rotated-key`, too; a
   * key without that tag is somebody else's, whatever its name. 1 to 200 characters.
   */
  readonly namePrefix: string;
  /** Keys asked for with one request, 1 to 500. @defaultValue 500 */
  readonly pageSize?: number;
}

/** Tells our keys from others, to us and to IAM. */
const ownTag = 'sallyport:rotated-key';

/**
 * API keys in Amazon API Gateway, let in to a REST API by its usage plan.
 *
 * Needs, on `arn:<partition>:apigateway:<region>::`, `apigateway:POST` and `apigateway:GET` on `/apikeys`,
 * `apigateway:GET` and `apigateway:DELETE` on `/apikeys/*`, which can be held to keys with the tag, `apigateway:PUT` on
 * `/tags/<keys, percent-encoded>`, `apigateway:POST` on `/usageplans/<id>/keys` and `apigateway:GET` on
 * `/usageplans/<id>/keys/*`.
 *
 * @example
 * new ApiGatewayApiKeyRegistry({ client: new APIGatewayClient(), usagePlanId, namePrefix: 'documents-dev' });
 */
export class ApiGatewayApiKeyRegistry implements ApiKeyRegistry {
  readonly #client: APIGatewayClient;
  readonly #usagePlanId: string;
  readonly #namePrefix: string;
  readonly #pageSize: number;

  constructor(options: ApiGatewayApiKeyRegistryOptions) {
    this.#client = options.client;
    this.#usagePlanId = options.usagePlanId;
    this.#namePrefix = options.namePrefix;
    this.#pageSize = options.pageSize ?? 500;
  }

  async find(version: string): Promise<RegisteredApiKey | undefined> {
    const found: RegisteredApiKey[] = [];
    for await (const key of this.#named(this.#nameOf(version), 'find')) {
      if (key.version === version) found.push(key);
    }
    return found.sort((one, other) => (one.createdAt < other.createdAt ? -1 : 1))[0];
  }

  async create(version: string, value: string): Promise<CreateApiKeyOutcome> {
    try {
      const made = await this.#client.send(
        new CreateApiKeyCommand({
          name: this.#nameOf(version),
          description: 'Made by rotation; the rotation after the next one removes it.',
          enabled: true,
          value,
          tags: { [ownTag]: this.#namePrefix },
        }),
      );
      const key = this.#ownKey(made);
      if (key === undefined) throw unexpected('create', 'a key that is not the one asked for');
      return { outcome: 'created', key };
    } catch (error) {
      if (error instanceof ConflictException) return { outcome: 'value-in-use' };
      throw this.#fault(error, 'create');
    }
  }

  async admit(id: string): Promise<void> {
    try {
      await this.#client.send(
        new CreateUsagePlanKeyCommand({ usagePlanId: this.#usagePlanId, keyId: id, keyType: 'API_KEY' }),
      );
    } catch (error) {
      // It is in the plan already.
      if (!(error instanceof ConflictException)) throw this.#fault(error, 'admit');
    }
  }

  async examine(id: string, value: string): Promise<ApiKeyExamination | undefined> {
    const key = await this.#unlessGone('examine', () =>
      this.#client.send(new GetApiKeyCommand({ apiKey: id, includeValue: true })),
    );
    if (key === undefined) return undefined;
    const inPlan = await this.#unlessGone('examine', () =>
      this.#client.send(new GetUsagePlanKeyCommand({ usagePlanId: this.#usagePlanId, keyId: id })),
    );
    return { enabled: key.enabled === true, hasValue: key.value === value, admitted: inPlan !== undefined };
  }

  keys(): AsyncIterable<RegisteredApiKey> {
    // Whether a query matches names by their beginnings, AWS does not say (GetApiKeys, `nameQuery`): all are looked at.
    return this.#named(undefined, 'keys');
  }

  async remove(id: string): Promise<void> {
    await this.#unlessGone('remove', () => this.#client.send(new DeleteApiKeyCommand({ apiKey: id })));
  }

  /** Our keys; of one name where it is given, and perhaps of longer ones. */
  async *#named(name: string | undefined, operation: keyof ApiKeyRegistry): AsyncGenerator<RegisteredApiKey> {
    const pages = paginateGetApiKeys(
      { client: this.#client, pageSize: this.#pageSize },
      { ...(name === undefined ? {} : { nameQuery: name }), includeValues: false },
    );
    try {
      for await (const { items = [] } of pages) {
        for (const item of items) {
          const key = this.#ownKey(item);
          if (key !== undefined) yield key;
        }
      }
    } catch (error) {
      throw this.#fault(error, operation);
    }
  }

  #nameOf(version: string): string {
    return `${this.#namePrefix}-${version}`;
  }

  #ownKey({ id, name = '', createdDate, tags = {} }: ApiKey): RegisteredApiKey | undefined {
    const prefix = this.#nameOf('');
    const isOwn = tags[ownTag] === this.#namePrefix && name.startsWith(prefix);
    if (!isOwn || id === undefined || createdDate === undefined) return undefined;
    return { id, version: name.slice(prefix.length), createdAt: createdDate.toISOString() };
  }

  /** What is asked for, or nothing where the key is not there. */
  async #unlessGone<Answer>(
    operation: keyof ApiKeyRegistry,
    ask: () => Promise<Answer>,
  ): Promise<Answer | undefined> {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof NotFoundException) return undefined;
      throw this.#fault(error, operation);
    }
  }

  #fault(error: unknown, operation: keyof ApiKeyRegistry): PortError {
    return translateFailure(error, `ApiKeyRegistry.${operation}`, `API keys of plan ${this.#usagePlanId}`);
  }
}

function unexpected(operation: keyof ApiKeyRegistry, what: string): PortError {
  return new PortError({
    kind: 'retryable',
    operation: `ApiKeyRegistry.${operation}`,
    code: 'UnexpectedAnswer',
    message: `API Gateway answers with ${what}`,
  });
}
