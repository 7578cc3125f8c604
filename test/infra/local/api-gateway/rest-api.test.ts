import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { ApiMethod } from '../../../../infra/local/api-gateway/api-method.ts';
import type { ApiRequest } from '../../../../infra/local/api-gateway/proxy-event.ts';
import type { Throttle } from '../../../../infra/local/api-gateway/request-limits.ts';
import { RestApi } from '../../../../infra/local/api-gateway/rest-api.ts';
import {
  type Happening,
  type LocalPipeline,
  startLocalPipeline,
} from '../../../../infra/local/local-pipeline.ts';
import { answerSource, apiTemplate } from '../fixtures/api-template.ts';
import { writeAssembly } from '../fixtures/write-assembly.ts';

const signature =
  'AWS4-HMAC-SHA256 Credential=caller/20261121/eu-central-1/execute-api/aws4_request, ' +
  `SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`;

describe('a REST API of the template', () => {
  let pipeline: LocalPipeline;
  let url: string;
  let key: string;
  const happenings: Happening[] = [];

  beforeAll(async () => {
    pipeline = await startLocalPipeline({
      assembly: writeAssembly({
        stacks: { one: { template: apiTemplate } },
        functions: { answer: answerSource },
      }),
      logFolder: false,
      permissions: 'off',
      onHappening: happening => happenings.push(happening),
    });
    const [api] = pipeline.apis;
    url = api?.url ?? '';
    key = api?.apiKeys[0] ?? '';
  });

  afterAll(() => pipeline.stop());

  const send = async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(`${url}${path}`, init);
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };
  const post = (body: string, headers: Record<string, string> = {}) =>
    send('/items', {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', authorization: signature, 'x-api-key': key, ...headers },
    });

  test('has its address in the outputs, and one key', () => {
    expect(pipeline.outputs['Url']).toBe(`${url}/`);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1$/);
    expect(pipeline.apis).toEqual([
      { name: 'items', url, apiKeys: [expect.stringMatching(/^[0-9a-f]{40}$/)] },
    ]);
    expect(pipeline.leftOut).toEqual({ 'AWS::ApiGateway::Account': 1 });
  });

  test('hands requests on as proxy events', async () => {
    const { status, headers, text } = await post('{"name":"a"}', { 'X-Twice': 'ü' });
    expect([status, headers.get('x-own')]).toEqual([200, 'yes']);
    const event: APIGatewayProxyEvent = JSON.parse(text);
    expect(event).toMatchObject({
      resource: '/items',
      path: '/items',
      httpMethod: 'POST',
      body: '{"name":"a"}',
      isBase64Encoded: false,
      queryStringParameters: null,
      pathParameters: null,
      requestContext: {
        accountId: '000000000000',
        stage: 'v1',
        path: '/v1/items',
        resourcePath: '/items',
        requestId: headers.get('x-amzn-requestid'),
        identity: {
          accessKey: 'caller',
          sourceIp: '127.0.0.1',
          userArn: 'arn:aws:iam::000000000000:user/caller',
        },
      },
    });
    expect(event.headers).toMatchObject({ 'content-type': 'application/json', 'X-Forwarded-Proto': 'https' });
    expect(event.multiValueHeaders['content-type']).toEqual(['application/json']);
    expect(event.requestContext.requestTime).toMatch(
      /^\d{2}\/[A-Z][a-z]{2}\/\d{4}:\d{2}:\d{2}:\d{2} \+0000$/,
    );
    const second: APIGatewayProxyEvent = JSON.parse((await post('{"name":"a"}')).text);
    expect(second.requestContext.requestId).not.toBe(event.requestContext.requestId);
  });

  test('gives path and query to the function, with or without the stage in the path', async () => {
    for (const path of [
      `${url}/items/7?a=1&a=2&constructor=x`,
      `${new URL(url).origin}/items/7?a=1&a=2&constructor=x`,
    ]) {
      const event: APIGatewayProxyEvent = JSON.parse(
        await (await fetch(path, { method: 'PUT', headers: { authorization: signature } })).text(),
      );
      expect(event).toMatchObject({
        resource: '/items/{id}',
        path: '/items/7',
        httpMethod: 'PUT',
        pathParameters: { id: '7' },
        queryStringParameters: { a: '2', constructor: 'x' },
        multiValueQueryStringParameters: { a: ['1', '2'] },
        body: null,
        requestContext: { path: '/v1/items/7', identity: { accessKey: null, apiKey: null } },
      });
    }
  });

  test.each([
    ['plain', 204, 'application/json', []],
    ['binary', 201, 'application/octet-stream', [0, 255]],
  ])('passes on the answer %s', async (name, status, type, bytes) => {
    const answer = await fetch(`${url}/items/${name}`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, type]);
    expect([...new Uint8Array(await answer.arrayBuffer())]).toEqual(bytes);
    expect(answer.headers.getSetCookie()).toEqual(name === 'binary' ? ['a=1', 'b=2'] : []);
  });

  test.each([
    ['/items/failing', 502, '{"message":"Internal server error"}'],
    ['/items/broken', 502, '{"message":"Internal server error"}'],
    ['/items/nothing', 502, '{"message":"Internal server error"}'],
    ['/items/unsendable', 502, '{"message":"Internal server error"}'],
    ['/items/slow', 504, '{"message":"Endpoint request timed out"}'],
    // The function's own time is up before the gateway's.
    ['/', 502, '{"message":"Internal server error"}'],
  ])('answers for the function behind %s with %d', async (path, status, text) => {
    expect(await send(path)).toMatchObject({ status, text });
  });

  test.each<[string, string, RequestInit, string]>([
    ['an unknown path', '/nothing', {}, 'MISSING_AUTHENTICATION_TOKEN'],
    ['an unknown method', '/items', { method: 'DELETE' }, 'MISSING_AUTHENTICATION_TOKEN'],
    ['too deep a path', '/items/7/8', {}, 'MISSING_AUTHENTICATION_TOKEN'],
    ['an empty parameter', '/items/', {}, 'MISSING_AUTHENTICATION_TOKEN'],
    ['no signature', '/items', { method: 'POST' }, 'MISSING_AUTHENTICATION_TOKEN'],
    [
      'another signature',
      '/items',
      { method: 'POST', headers: { authorization: 'Bearer x' } },
      'INVALID_SIGNATURE',
    ],
    [
      'a signature for another service',
      '/items',
      { method: 'POST', headers: { authorization: signature.replace('execute-api', 's3') } },
      'INVALID_SIGNATURE',
    ],
  ])('refuses %s', async (_, path, init, why) => {
    const { status, headers, text } = await send(path, init);
    expect([status, text, headers.get('retry-after')]).toEqual([403, `{"why":"${why}"}`, '1']);
  });

  test.each([['no key'], ['an unknown key'], ['a key that is off'], ['a key of no plan']])(
    'refuses %s, with the response of the template',
    async which => {
      const value = {
        'a key that is off': 'switched-off-0123456789',
        'a key of no plan': 'of-no-plan-0123456789',
      }[which];
      const { status, headers, text } = await send('/items', {
        method: 'POST',
        headers: { authorization: signature, ...(which === 'no key' ? {} : { 'x-api-key': value ?? 'x' }) },
      });
      expect([status, headers.get('content-type')]).toEqual([403, 'application/problem+json']);
      expect(JSON.parse(text)).toEqual({ type: 'urn:no-key', request_id: headers.get('x-amzn-requestid') });
    },
  );

  test.each([
    ['no JSON', '{'],
    ['nothing', ''],
    ['a missing member', '{}'],
    ['a member too many', '{"name":"a","b":1}'],
    ['a number on an excluded bound', '{"name":"a","size":0}'],
  ])('refuses a body with %s', async (_, body) => {
    expect(await post(body)).toMatchObject({ status: 400, text: '{"why":"BAD_REQUEST_BODY"}' });
  });

  test('leaves a body without a model to the function, and one with parameters in its type to the model', async () => {
    expect(await post('{', { 'content-type': 'text/plain' })).toMatchObject({ status: 200 });
    expect(await post('{', { 'content-type': 'Application/JSON; charset=utf-8' })).toMatchObject({
      status: 400,
    });
  });

  test('refuses what is too large', async () => {
    expect(
      await send('/items/7', { method: 'POST', body: Buffer.alloc(10 * 1024 * 1024 + 1, 'x') }),
    ).toMatchObject({
      status: 413,
      text: '{"why":"REQUEST_TOO_LARGE"}',
    });
  });

  test('counts the requests of a key', async () => {
    const statuses: number[] = [];
    for (let request = 0; request < 41; request += 1) statuses.push((await post('{}')).status);
    expect(statuses.at(-1)).toBe(429);
    expect(await post('{}')).toMatchObject({ text: '{"why":"QUOTA_EXCEEDED"}' });
  });

  test('tells whoever watches', () => {
    expect(happenings).toContainEqual({
      kind: 'called',
      call: {
        api: 'items',
        method: 'PUT',
        resourcePath: '/items/{id}',
        status: 200,
        requestId: expect.any(String),
      },
    });
  });
});

describe('a throttled API', () => {
  const request = (more: Partial<ApiRequest> = {}): ApiRequest => ({
    requestId: 'r',
    time: new Date('2026-11-21T08:00:00.000Z'),
    method: 'GET',
    path: '/a',
    query: new URLSearchParams(),
    headers: [['x-api-key', 'mine']],
    body: '',
    sourceIp: '127.0.0.1',
    ...more,
  });
  const method = (path: string, more: Partial<ApiMethod> = {}): ApiMethod => ({
    httpMethod: 'GET',
    path,
    resourceId: path,
    functionArn: 'f',
    timeoutMs: 1000,
    authorization: 'NONE',
    apiKeyRequired: true,
    bodyValidators: new Map(),
    ...more,
  });
  const apiOf = (stage: Throttle | undefined, plan: Throttle | undefined): RestApi => {
    const api = new RestApi({
      id: 'api',
      name: 'api',
      accountId: '000000000000',
      invoke: async () => ({ requestId: 'r', outcome: 'answered', payload: '{"statusCode":200}' }),
      onFault: () => undefined,
    });
    api.methods.push(method('/a'), method('/b'), method('/open', { apiKeyRequired: false }));
    api.stages.set('v1', stage);
    const key = { id: 'k', name: 'k', value: 'mine', enabled: true };
    api.usagePlans.push({ stages: ['v1'], keys: [key], ...(plan === undefined ? {} : { throttle: plan }) });
    return api;
  };
  const statusesOf = async (api: RestApi, paths: readonly string[]): Promise<number[]> => {
    const statuses: number[] = [];
    for (const path of paths) statuses.push((await api.answer('v1', request({ path }))).status);
    return statuses;
  };

  test('by its stage, for each method', async () => {
    const api = apiOf({ rate: 1, burst: 1 }, undefined);
    expect(await statusesOf(api, ['/a', '/a', '/b', '/b'])).toEqual([200, 429, 200, 429]);
    const later = request({ time: new Date('2026-11-21T08:00:01.000Z') });
    expect(await api.answer('v1', later)).toMatchObject({ status: 200 });
  });

  test('by the plan, for each key', async () => {
    const api = apiOf(undefined, { rate: 1, burst: 1 });
    expect(await statusesOf(api, ['/a', '/b', '/open', '/open'])).toEqual([200, 429, 200, 200]);
  });

  test('has no other stages', async () => {
    expect(await apiOf(undefined, undefined).answer('v2', request())).toMatchObject({ status: 403 });
  });
});
