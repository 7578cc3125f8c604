import {
  GetSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { LocalPipeline } from '../local-pipeline.ts';
import { callApi } from './call-api.ts';
import { type Expectation, expectation, sumOf } from './expectation.ts';

/** Rotates the API key of a running pipeline twice, and finds out which keys the document API takes each time. */
export async function playCredentials(
  pipeline: LocalPipeline,
  progress: (step: string) => void,
): Promise<readonly Expectation[]> {
  const { DocumentApiKeySecretArn: secret = '' } = pipeline.outputs;
  const [api] = pipeline.apis;
  if (api === undefined) throw new Error('No API is served.');
  const client = new SecretsManagerClient(pipeline.client);
  const apiKey = async (): Promise<string> => {
    const { SecretString = '{}' } = await client.send(new GetSecretValueCommand({ SecretId: secret }));
    return String((JSON.parse(SecretString) as { apiKey?: unknown }).apiKey);
  };
  /** The status of a call that is made with a key; 404 says that the key was taken, and the document not found. */
  const status = async (value: string): Promise<number> => {
    const body = { document_key: 'nobody/has-this.pdf' };
    return (await callApi(pipeline, { ...api, apiKeys: [value] }, '/documents/upload', body)).status;
  };
  const rotate = async (): Promise<string> => {
    await client.send(new RotateSecretCommand({ SecretId: secret }));
    await pipeline.idle(60_000);
    return apiKey();
  };
  try {
    progress('rotating the API key twice: the key before stays valid until the rotation after');
    const before = sumOf(pipeline, 'ApiKeysRotated');
    const first = await apiKey();
    const second = await rotate();
    const afterOne = [await status(first), await status(second)];
    const third = await rotate();
    const afterTwo = [await status(first), await status(second), await status(third)];
    return [
      expectation('API keys, one of each rotation', 3, new Set([first, second, third]).size),
      expectation('call with the key before the rotation', 404, afterOne[0] ?? 0),
      expectation('call with the key of the rotation', 404, afterOne[1] ?? 0),
      expectation('call with the first key, after a second rotation', 403, afterTwo[0] ?? 0),
      expectation('call with the key before the second rotation', 404, afterTwo[1] ?? 0),
      expectation('call with the key of the second rotation', 404, afterTwo[2] ?? 0),
      expectation('rotations brought to their end', 2, sumOf(pipeline, 'ApiKeysRotated') - before),
    ];
  } finally {
    client.destroy();
  }
}
