import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ServiceAnswer } from '../../../infra/local/account/local-service.ts';
import { createSecurityHubService, LocalFindings } from '../../../infra/local/account/security-hub.ts';
import { SecurityHubFindingImporter } from '../../../src/adapters/aws/security-hub-finding-importer.ts';
import { findingImporterContract } from '../../../src/adapters/contracts/finding-importer-contract.ts';
import type { AsffFinding } from '../../../src/ports/finding-importer.ts';
import { type LocalServicesEndpoint, startLocalServices } from '../../emulators/local-services.ts';

type Findings = readonly { readonly Id: string }[];

let findings: LocalFindings;
let served: LocalServicesEndpoint;
let client: SecurityHubClient;
/** Answers in place of the emulation, where a test wants it to. */
let answer: (findings: Findings) => ServiceAnswer | undefined;

beforeEach(async () => {
  findings = new LocalFindings();
  answer = () => undefined;
  const emulated = createSecurityHubService(findings);
  served = await startLocalServices({
    securityhub: request => answer(JSON.parse(request.body).Findings) ?? emulated(request),
  });
  client = new SecurityHubClient({
    region: 'eu-central-1',
    endpoint: served.endpoint,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
});

afterEach(async () => {
  client.destroy();
  await served.close();
});

const importer = () => new SecurityHubFindingImporter({ client });
const batchSizes = () => served.requests.map(({ body }) => JSON.parse(body).Findings.length);

describe(`the contract of ${findingImporterContract.port}`, () => {
  test.each(findingImporterContract.cases)('$name', ({ run }) =>
    run({
      importer: importer(),
      find: async id => findings.all.find(({ Id }) => Id === id) as AsffFinding | undefined,
    }),
  );
});

function findingOf(Id: string, fill = 0): AsffFinding {
  return {
    SchemaVersion: '2018-10-08',
    Id,
    ProductArn: 'arn:aws:securityhub:eu-central-1:111122223333:product/111122223333/default',
    AwsAccountId: '111122223333',
    GeneratorId: 'sallyport',
    Types: ['Software and Configuration Checks'],
    CreatedAt: '2026-11-21T08:00:00.000Z',
    UpdatedAt: '2026-11-21T08:00:00.000Z',
    Severity: { Label: 'HIGH' },
    Title: 'Title',
    Description: 'Description',
    Resources: [{ Type: 'Other', Id: 'arn:x', Details: { Other: { fill: 'x'.repeat(fill) } } }],
  };
}

const numbered = (count: number, fill = 0) =>
  Array.from({ length: count }, (_, index) => findingOf(`finding-${index}`, fill));

describe('requests', () => {
  test.each([
    [0, []],
    [1, [1]],
    [100, [100]],
    [101, [100, 1]],
    [250, [100, 100, 50]],
  ])('of %d findings hold %j', async (count, sizes) => {
    expect(await importer().import(numbered(count))).toEqual({ imported: count, failed: [] });
    expect(batchSizes()).toEqual(sizes);
    expect(served.requests.every(({ method, url }) => `${method} ${url}` === 'POST /findings/import')).toBe(
      true,
    );
  });

  test('hold no more than 6 MB', async () => {
    expect((await importer().import(numbered(60, 200_000))).imported).toBe(60);

    expect(batchSizes()).toEqual([29, 29, 2]);
    for (const { body } of served.requests) expect(body.length).toBeLessThan(6_000_000);
  });

  test('count bytes of UTF-8, and leave out a finding that is too large', async () => {
    const wide = { ...findingOf('wide'), Note: { Text: 'é'.repeat(120_000) } };

    expect(await importer().import([wide, findingOf('a')])).toEqual({
      imported: 1,
      failed: [
        { id: 'wide', code: 'FindingTooLarge', message: expect.stringContaining('at most 240000 bytes') },
      ],
    });
    expect(batchSizes()).toEqual([1]);
  });
});

const fault = (code: string, status: number): ServiceAnswer => ({
  status,
  headers: { 'content-type': 'application/json', 'x-amzn-errortype': code },
  body: JSON.stringify({ Code: code, Message: 'x' }),
});

describe('a request that is refused as a whole', () => {
  const refusing = (ids: readonly string[]) => {
    answer = given =>
      given.some(({ Id }) => ids.includes(Id)) ? fault('InvalidInputException', 400) : undefined;
  };

  test.each([
    [['finding-7']],
    [['finding-0', 'finding-24']],
    [['finding-3', 'finding-4', 'finding-5']],
    [numbered(25).map(({ Id }) => Id)],
  ])('for what %j hold is taken apart until they stand alone', async bad => {
    refusing(bad);

    const { imported, failed } = await importer().import(numbered(25));

    expect(imported).toBe(25 - bad.length);
    expect(failed).toEqual(bad.map(id => ({ id, code: 'InvalidInputException', message: 'x' })));
    expect(findings.all.map(({ Id }) => Id)).toEqual(
      numbered(25).flatMap(({ Id }) => (bad.includes(Id) ? [] : [Id])),
    );
  });

  test.each([
    ['ThrottlingException', 429, 'throttled'],
    ['LimitExceededException', 429, 'throttled'],
    ['AccessDeniedException', 403, 'denied'],
    ['InvalidAccessException', 401, 'denied'],
    ['InternalException', 500, 'retryable'],
    ['ResourceNotFoundException', 404, 'not-found'],
  ])('for %s is a fault; what came before is in, and nothing follows', async (code, status, kind) => {
    answer = given => (given[0]?.Id === 'finding-100' ? fault(code, status) : undefined);

    await expect(importer().import(numbered(250))).rejects.toMatchObject({
      kind,
      code,
      operation: 'FindingImporter.import',
    });
    expect(findings.all).toHaveLength(100);
    expect(batchSizes()).toEqual([100, 100]);
  });
});

describe('an answer', () => {
  const counting = (body: object) => {
    answer = () => ({ status: 200, body: JSON.stringify(body) });
  };

  test('names each finding that failed', async () => {
    const failure = { Id: 'finding-1', ErrorCode: 'InvalidInput', ErrorMessage: 'Title is too long' };
    counting({ SuccessCount: 2, FailedCount: 1, FailedFindings: [failure] });

    expect(await importer().import(numbered(3))).toEqual({
      imported: 2,
      failed: [{ id: 'finding-1', code: 'InvalidInput', message: 'Title is too long' }],
    });
  });

  test.each([
    {},
    { SuccessCount: 2, FailedCount: 0, FailedFindings: [] },
    { SuccessCount: 3, FailedCount: 1, FailedFindings: [] },
    { SuccessCount: 2, FailedCount: 1, FailedFindings: [] },
    { SuccessCount: 2, FailedCount: 1 },
  ])('that does not account for every finding is not taken for success: %j', async body => {
    counting(body);

    await expect(importer().import(numbered(3))).rejects.toMatchObject({
      kind: 'retryable',
      code: 'UnexpectedAnswer',
    });
  });
});
