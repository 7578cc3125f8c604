import * as z from 'zod';

/**
 * What API Gateway takes for the value of a key: 20 to 128 letters and digits (API Gateway Developer Guide, "API
 * Gateway API key file format").
 */
const apiKeySecret = z.object({
  schemaVersion: z.literal(1).default(1),
  apiKey: z.string().regex(/^[A-Za-z0-9]{20,128}$/),
  apiKeyId: z.string().min(1).optional(),
});

/** What a version of the secret holds. */
export interface ApiKeySecret {
  readonly apiKey: string;
  /** The key that has this value; absent where no rotation made the version. */
  readonly apiKeyId?: string;
}

/** Bytes of randomness in a key: more than can be tried, and the value, twice as many hexadecimal digits, stays short. */
const randomness = 32;

/** The text of a secret that holds an API key: `{"schemaVersion":1,"apiKey":"…","apiKeyId":"…"}`. */
export function renderApiKeySecret({ apiKey, apiKeyId }: ApiKeySecret): string {
  return JSON.stringify({ schemaVersion: 1, apiKey, apiKeyId });
}

/** What a secret's text holds; `undefined` where the text is another. Never says what it holds instead. */
export function parseApiKeySecret(text: string): ApiKeySecret | undefined {
  try {
    const { data } = apiKeySecret.safeParse(JSON.parse(text));
    if (data === undefined) return undefined;
    const { apiKey, apiKeyId } = data;
    return { apiKey, ...(apiKeyId === undefined ? {} : { apiKeyId }) };
  } catch {
    return undefined;
  }
}

/** A new value for an API key: 64 hexadecimal digits. */
export function newApiKey(randomBytes: (count: number) => Uint8Array): string {
  return Array.from(randomBytes(randomness), byte => byte.toString(16).padStart(2, '0')).join('');
}
