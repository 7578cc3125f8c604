import {
  type APIGatewayClient,
  ConflictException,
  CreateApiKeyCommand,
  CreateUsagePlanKeyCommand,
  DeleteApiKeyCommand,
  GetUsagePlanKeyCommand,
  NotFoundException,
  paginateGetUsagePlanKeys,
} from '@aws-sdk/client-api-gateway';
import type {
  ApiKeyRegistry,
  ApiKeyState,
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
   * What the keys' names begin with: `<prefix>-<version>`. A key of the plan with such a name is taken for one of the
   * rotation's. Each key bears the prefix as its tag `sallyport:rotated-key`, too, for IAM to tell it by. 1 to 200
   * characters.
   */
  readonly namePrefix: string;
  /** Keys asked for with one request, 1 to 500. @defaultValue 500 */
  readonly pageSize?: number;
}

/** Tells our keys from others, to IAM and to people. */
const ownTag = 'sallyport:rotated-key';

/**
 * API keys in Amazon API Gateway, let in to a REST API by its usage plan. It lists the keys of this plan, never those of
 * the region: who may list these may read all their values (GetApiKeys, `includeValues`).
 *
 * Needs, on `arn:<partition>:apigateway:<region>::`, `apigateway:POST` on `/apikeys`, `apigateway:DELETE` on `/apikeys/*`,
 * which can be held to keys with the tag, `apigateway:PUT` on `/tags/<keys, percent-encoded>`, which can be held to this
 * tag, `apigateway:GET` and `apigateway:POST` on `/usageplans/<id>/keys` and `apigateway:GET` on
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
      if (made.id === undefined) throw unexpected('create', 'a key without an id');
      return { outcome: 'created', key: { id: made.id, version } };
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

  async examine(id: string, value: string): Promise<ApiKeyState> {
    const key = await this.#unlessGone('examine', () =>
      this.#client.send(new GetUsagePlanKeyCommand({ usagePlanId: this.#usagePlanId, keyId: id })),
    );
    if (key === undefined) return 'not-admitted';
    return key.value === value ? 'admitted' : 'other-value';
  }

  async *admitted(): AsyncGenerator<RegisteredApiKey> {
    const prefix = this.#nameOf('');
    const pages = paginateGetUsagePlanKeys(
      { client: this.#client, pageSize: this.#pageSize },
      { usagePlanId: this.#usagePlanId },
    );
    try {
      for await (const { items = [] } of pages) {
        // Whether `nameQuery` matches names by their beginnings, AWS does not say: all are looked at.
        for (const { id, name = '' } of items) {
          if (id !== undefined && name.startsWith(prefix)) yield { id, version: name.slice(prefix.length) };
        }
      }
    } catch (error) {
      throw this.#fault(error, 'admitted');
    }
  }

  async remove(id: string): Promise<void> {
    await this.#unlessGone('remove', () => this.#client.send(new DeleteApiKeyCommand({ apiKey: id })));
  }

  #nameOf(version: string): string {
    return `${this.#namePrefix}-${version}`;
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
