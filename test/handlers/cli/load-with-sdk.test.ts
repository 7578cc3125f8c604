import { expect, test } from '@jest/globals';
import { loadWithSdk } from '../../../src/handlers/cli/load-with-sdk.ts';

const missing = Object.assign(new Error("Cannot find package '@aws-sdk/client-sts' imported from …"), {
  code: 'ERR_MODULE_NOT_FOUND',
});

test('says what to install where a package is missing', async () => {
  const load = loadWithSdk('compliance scan', ['client-sts', 'lib-dynamodb'], () => Promise.reject(missing));
  await expect(load).rejects.toMatchObject({
    message: 'compliance scan needs the AWS SDK: npm install @aws-sdk/client-sts @aws-sdk/lib-dynamodb',
    cause: missing,
  });
});

test('hands on what is loaded, and any other fault', async () => {
  await expect(loadWithSdk('x', [], async () => 'loaded')).resolves.toBe('loaded');
  const fault = new SyntaxError('broken');
  await expect(loadWithSdk('x', [], () => Promise.reject(fault))).rejects.toBe(fault);
});
