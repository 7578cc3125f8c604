import * as z from 'zod';

/**
 * What API Gateway takes for the value of a key: 20 to 128 letters and digits (API Gateway Developer Guide, "API
 * Gateway API key file format").
 */
const apiKeySecret = z.object({
  schemaVersion: z.literal(1).default(1),
  apiKey: z.string().regex(/^[A-Za-z0-9]{20,128}$/),
});

/** Bytes of randomness in a key: more than can be tried, and the value, twice as many hexadecimal digits, stays short. */
const randomness = 32;

/** The text of a secret that holds an API key: `{"schemaVersion":1,"apiKey":"…"}`. */
export function renderApiKeySecret(apiKey: string): string {
  return JSON.stringify({ schemaVersion: 1, apiKey });
}

/** The API key that a secret's text holds; `undefined` where the text is another. Never says what it holds instead. */
export function parseApiKeySecret(text: string): string | undefined {
  try {
    return apiKeySecret.safeParse(JSON.parse(text)).data?.apiKey;
  } catch {
    return undefined;
  }
}

/** A new value for an API key: 64 hexadecimal digits. */
export function newApiKey(randomBytes: (count: number) => Uint8Array): string {
  return Array.from(randomBytes(randomness), byte => byte.toString(16).padStart(2, '0')).join('');
}
