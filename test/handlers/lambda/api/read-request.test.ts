import { describe, expect, test } from '@jest/globals';
import { documentRequests } from '../../../../src/handlers/lambda/api/document-requests.ts';
import { readRequest } from '../../../../src/handlers/lambda/api/read-request.ts';
import fc from '../../../seeded-properties.ts';
import { apiRequest } from './api-world.ts';

const schema = documentRequests.validate;
const body = { document_key: 'a.pdf' };
const read = { outcome: 'read', value: body };

function kindOf(event: Parameters<typeof readRequest>[0]): string {
  const result = readRequest(event, schema);
  return result.outcome === 'read' ? 'read' : result.problem.kind;
}

function errorsOf(json: unknown) {
  const result = readRequest(apiRequest(json), schema);
  return result.outcome === 'refused' ? result.problem.errors : undefined;
}

describe('the media type', () => {
  test.each([
    ['application/json', 'read'],
    ['Application/JSON', 'read'],
    ['application/json; charset=utf-8', 'read'],
    ['application/json;charset="UTF-8"', 'read'],
    ['application/json;', 'read'],
    ['application/json; charset=iso-8859-1', 'unsupported-media-type'],
    ['application/json; boundary=x', 'unsupported-media-type'],
    ['application/problem+json', 'unsupported-media-type'],
    ['application/jsonx', 'unsupported-media-type'],
    ['text/json', 'unsupported-media-type'],
    ['', 'unsupported-media-type'],
    ['application/json, text/plain', 'unsupported-media-type'],
  ])('%j: %s', (type, expected) => {
    const headers = { 'Content-Type': type };
    expect(kindOf(apiRequest(body, { headers, multiValueHeaders: {} }))).toBe(expected);
  });

  test.each(['content-type', 'CONTENT-TYPE', 'cOnTeNt-TyPe'])('stands under %s', name => {
    const headers = { [name]: 'application/json' };
    expect(kindOf(apiRequest(body, { headers, multiValueHeaders: {} }))).toBe('read');
    const multiValueHeaders = { [name]: ['application/json'] };
    expect(kindOf(apiRequest(body, { headers: {}, multiValueHeaders }))).toBe('read');
  });

  test('is missing where there are no headers', () => {
    expect(kindOf(apiRequest(body, { headers: {}, multiValueHeaders: {} }))).toBe('unsupported-media-type');
    // What API Gateway sends for none, whatever its types say.
    const none = JSON.parse('{"headers":null,"multiValueHeaders":null}') as Partial<
      ReturnType<typeof apiRequest>
    >;
    expect(kindOf(apiRequest(body, none))).toBe('unsupported-media-type');
  });

  test('may not be two', () => {
    const headers = { 'Content-Type': 'application/json' };
    for (const [others, expected] of [
      [['application/json', 'application/json'], 'read'],
      [['text/plain', 'application/json'], 'unsupported-media-type'],
    ] as const) {
      const multiValueHeaders = { 'content-type': [...others] };
      expect(kindOf(apiRequest(body, { headers, multiValueHeaders }))).toBe(expected);
    }
  });
});

describe('the body', () => {
  test('is read as it stands, or from Base64', () => {
    expect(readRequest(apiRequest(body), schema)).toEqual(read);
    const encoded = Buffer.from(JSON.stringify(body)).toString('base64');
    expect(readRequest(apiRequest(encoded, { isBase64Encoded: true }), schema)).toEqual(read);
  });

  test('keeps keys of any script, escaped or not', () => {
    const key = 'Überweisung/発注書 📄.pdf';
    const escaped = `{"document_key":"${[...key].map(it => (it === 'Ü' ? '\\u00dc' : it)).join('')}"}`;
    expect(readRequest(apiRequest(escaped), schema)).toEqual({
      outcome: 'read',
      value: { document_key: key },
    });
  });

  test.each([
    ['nothing', null],
    ['an empty text', ''],
    ['half an object', '{"document_key":'],
    ['two objects', '{"document_key":"a"}{"document_key":"b"}'],
    ['a trailing comma', '{"document_key":"a",}'],
    ['a byte-order mark', '\ufeff{"document_key":"a"}'],
    ['a form', 'document_key=a'],
  ])('is refused: %s', (_, text) => {
    const result = readRequest({ ...apiRequest(''), body: text }, schema);
    expect(result).toMatchObject({ outcome: 'refused', problem: { kind: 'invalid-request' } });
  });

  test('is refused where it is not UTF-8', () => {
    const latin = Buffer.from('{"document_key":"\xfc.pdf"}', 'latin1').toString('base64');
    expect(kindOf(apiRequest(latin, { isBase64Encoded: true }))).toBe('invalid-request');
  });

  test.each([
    [16 * 1024, 'read'],
    [16 * 1024 + 1, 'request-too-large'],
  ])('of %d bytes: %s', (bytes, expected) => {
    const text = JSON.stringify(body).padEnd(bytes);
    expect(kindOf(apiRequest(text))).toBe(expected);
    const encoded = Buffer.from(text).toString('base64');
    expect(kindOf(apiRequest(encoded, { isBase64Encoded: true }))).toBe(expected);
  });

  test('counts its bytes, not its characters', () => {
    expect(kindOf(apiRequest(`"${'é'.repeat(9000)}"`))).toBe('request-too-large');
  });
});

describe('what is wrong is named by its place:', () => {
  test.each([
    ['no object', [], ['']],
    ['a member missing', {}, ['/document_key']],
    ['an empty key', { document_key: '' }, ['/document_key']],
    ['a key of another type', { document_key: 1 }, ['/document_key']],
    ['a key that is too long', { document_key: 'x'.repeat(1025) }, ['/document_key']],
    ['no version', { document_key: 'a', version_id: null }, ['/version_id']],
    ['a version that S3 cannot have given', { document_key: 'a', version_id: 'a b' }, ['/version_id']],
    ['a version over two lines', { document_key: 'a', version_id: 'a\nb' }, ['/version_id']],
    ['members that are not known', { document_key: 'a', x: 1, 'y/~': 2 }, ['/x', '/y~1~0']],
    ['everything at once', { version_id: 7, x: 1 }, ['/document_key', '/version_id', '/x']],
  ])('%s', (_, json, pointers) => {
    expect(errorsOf(json)?.map(({ pointer }) => pointer)).toEqual(pointers);
  });

  test('a member of the prototype is a member like any other', () => {
    expect(errorsOf('{"document_key":"a","__proto__":{}}')).toHaveLength(1);
    expect(errorsOf('{"__proto__":{"document_key":"a"}}')).not.toBeUndefined();
    expect(errorsOf('{"document_key":"a","constructor":1}')).toEqual([
      { pointer: '/constructor', detail: 'There is no such member.' },
    ]);
  });

  test('of many faults the first ones', () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`m${index}`, 1]));
    expect(errorsOf({ document_key: 'a', ...many })).toHaveLength(20);
  });

  test('names are shown safely, without card numbers', () => {
    const errors = errorsOf({ document_key: 'a', 'a\u202eb': 1, '4111111111111111': 1 });
    expect(errors?.map(({ pointer }) => pointer).sort()).toEqual(['/411111******1111', '/a\\u{202e}b']);
  });

  test('no value is repeated', () => {
    const word = fc.stringMatching(/^[a-z]{12}$/);
    fc.assert(
      fc.property(word, fc.constantFrom('document_key', 'version_id'), (value, name) => {
        const json = { document_key: 'a', [name]: { [value]: [value] } };
        expect(JSON.stringify(errorsOf(json))).not.toContain(value);
      }),
    );
  });
});

test('any text, sent as any body, is read or refused', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), fc.boolean(), (text, isBase64Encoded) => {
      expect(['read', 'invalid-request']).toContain(kindOf(apiRequest(text, { isBase64Encoded })));
    }),
  );
});
