import * as z from 'zod';
import type { ApiAnswer } from './gateway-response.ts';

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);

/** What a function behind a proxy integration answers ("Output format of a Lambda function for proxy integration"). */
const answerSchema = z.strictObject({
  statusCode: z.coerce.number().int().min(100).max(599),
  headers: z.record(z.string(), scalar).nullish(),
  multiValueHeaders: z.record(z.string(), z.array(scalar)).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

/** The answer that a function gives as JSON text; `undefined` where the gateway could not understand it. */
export function parseFunctionAnswer(payload: string): ApiAnswer | undefined {
  const { data: answer } = answerSchema.safeParse(JSON.parse(payload));
  if (answer === undefined) return undefined;
  const headers: Record<string, string | string[]> = { 'content-type': 'application/json' };
  for (const [name, value] of Object.entries(answer.headers ?? {})) headers[name.toLowerCase()] = value;
  for (const [name, values] of Object.entries(answer.multiValueHeaders ?? {})) {
    headers[name.toLowerCase()] = values;
  }
  const body = answer.body ?? '';
  return {
    status: answer.statusCode,
    headers,
    body: answer.isBase64Encoded === true ? Buffer.from(body, 'base64') : body,
  };
}
