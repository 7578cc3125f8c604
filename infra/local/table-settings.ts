import type { ServiceAnswer } from './account/local-service.ts';

/** Sends an action to the table emulator, in the name of the caller. */
export type SendTableAction = (action: string, body: string) => Promise<ServiceAnswer>;

interface Settings {
  /** ARN of the KMS key; absent where the key is AWS's own. */
  readonly keyArn?: string;
  readonly pointInTimeRecovery: boolean;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * What the table emulator takes and does not keep, or does not know: encryption and point-in-time recovery. It answers
 * in the emulator's name, or amends what that answers; every other action passes.
 */
export class TableSettings {
  readonly #options: { readonly region: string; readonly keyArnOf: (keyId: string) => string };
  /** By table name; those of a table that is gone stay until there is another of its name. */
  readonly #settings = new Map<string, Settings>();

  /** @param options.keyArnOf The ARN of a key that is named by id, alias or ARN. */
  constructor(options: { readonly region: string; readonly keyArnOf: (keyId: string) => string }) {
    this.#options = options;
  }

  /** Answers one action of DynamoDB. */
  async answer(action: string, body: string, send: SendTableAction): Promise<ServiceAnswer> {
    switch (action) {
      case 'CreateTable':
        return this.#create(body, await send(action, body));
      case 'DescribeTable':
        return this.#amended(await send(action, body), 'Table');
      case 'DeleteTable':
        return this.#amended(await send(action, body), 'TableDescription');
      case 'DescribeContinuousBackups':
      case 'UpdateContinuousBackups':
        return this.#backups(action, body, send);
      default:
        return send(action, body);
    }
  }

  #create(body: string, answer: ServiceAnswer): ServiceAnswer {
    const { TableName, SSESpecification } = objectOf(body);
    if (answer.status === 200) {
      const { Enabled = false, KMSMasterKeyId } = asObject(SSESpecification);
      const keyId = KMSMasterKeyId === undefined ? 'alias/aws/dynamodb' : String(KMSMasterKeyId);
      this.#settings.set(String(TableName), {
        // Only `Enabled` chooses KMS: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_SSESpecification.html
        ...(Enabled === true ? { keyArn: this.#options.keyArnOf(keyId) } : {}),
        pointInTimeRecovery: false,
      });
    }
    return this.#amended(answer, 'TableDescription');
  }

  /** The emulator puts every table into a region of its own, and tells no encryption. */
  #amended(answer: ServiceAnswer, member: string): ServiceAnswer {
    if (answer.status !== 200) return answer;
    const whole = objectOf(answer.body);
    const table = asObject(whole[member]);
    const keyArn = this.#settings.get(String(table['TableName']))?.keyArn;
    const amended = {
      ...table,
      TableArn: String(table['TableArn']).replace(/^(arn:aws:dynamodb:)[^:]*/, `$1${this.#options.region}`),
      ...(keyArn === undefined
        ? {}
        : { SSEDescription: { Status: 'ENABLED', SSEType: 'KMS', KMSMasterKeyArn: keyArn } }),
    };
    return json(200, { ...whole, [member]: amended });
  }

  async #backups(action: string, body: string, send: SendTableAction): Promise<ServiceAnswer> {
    const { TableName, PointInTimeRecoverySpecification } = objectOf(body);
    const described = await send('DescribeTable', JSON.stringify({ TableName }));
    if (described.status !== 200) {
      const { __type: type, message } = objectOf(described.body);
      // The two name it otherwise than the rest of the API does.
      if (!String(type).endsWith('ResourceNotFoundException')) return described;
      return json(400, {
        __type: 'com.amazonaws.dynamodb.v20120810#TableNotFoundException',
        message: message ?? `Table not found: ${String(TableName)}`,
      });
    }
    const name = String(asObject(objectOf(described.body)['Table'])['TableName']);
    const known = this.#settings.get(name) ?? { pointInTimeRecovery: false };
    const asked = asObject(PointInTimeRecoverySpecification)['PointInTimeRecoveryEnabled'];
    const settings =
      action === 'UpdateContinuousBackups' ? { ...known, pointInTimeRecovery: asked === true } : known;
    this.#settings.set(name, settings);
    return json(200, {
      ContinuousBackupsDescription: {
        ContinuousBackupsStatus: 'ENABLED',
        PointInTimeRecoveryDescription: {
          PointInTimeRecoveryStatus: settings.pointInTimeRecovery ? 'ENABLED' : 'DISABLED',
        },
      },
    });
  }
}

/** Without the emulator's checksum, which is of the text that it sent. */
function json(status: number, body: object): ServiceAnswer {
  return { status, headers: { 'content-type': 'application/x-amz-json-1.0' }, body: JSON.stringify(body) };
}

/** A body that is no JSON object reads as an empty one: the emulator says what is wrong with it. */
function objectOf(text: string): Json {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return {};
  }
}

function asObject(value: unknown): Json {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
