import { describe, expect, test } from '@jest/globals';
import {
  createQueryService,
  pageOf,
  QueryError,
  QueryParameters,
} from '../../../../infra/local/account/query-protocol.ts';

const parametersOf = (fields: Readonly<Record<string, string>>) =>
  QueryParameters.of(new URLSearchParams(fields).toString());

describe('parameters', () => {
  test('are read one by one, and a missing one is refused by name', () => {
    const parameters = parametersOf({ Name: 'ü & +', Size: '12' });
    expect(parameters.text('Name')).toBe('ü & +');
    expect(parameters.optionalNumber('Size')).toBe(12);
    expect(parameters.optionalText('Other')).toBeUndefined();
    expect(() => parameters.text('Other')).toThrow(new QueryError('MissingParameter', 'Other is missing'));
  });

  test('of lists come in the order of their numbers, in either way of writing them', () => {
    const parameters = parametersOf({
      'Id.10': 'k',
      'Id.9': 'j',
      'Id.1': 'a',
      'Ids.member.2': 'y',
      'Ids.member.1': 'x',
      'IdsOfOthers.1': 'no',
    });
    expect(parameters.texts('Id')).toEqual(['a', 'j', 'k']);
    expect(parameters.texts('Ids')).toEqual(['x', 'y']);
    expect(parameters.texts('Absent')).toEqual([]);
  });

  test('of structures are read within them', () => {
    const parameters = parametersOf({
      'Filter.2.Name': 'b',
      'Filter.1.Name': 'a',
      'Filter.1.Value.1': 'v',
      'Filter.1.Value.2': 'w',
      'Spec.InstanceId': 'i-1',
    });
    const read = parameters.structures('Filter').map(filter => [filter.text('Name'), filter.texts('Value')]);
    expect(read).toEqual([
      ['a', ['v', 'w']],
      ['b', []],
    ]);
    expect(parameters.structure('Spec').text('InstanceId')).toBe('i-1');
    expect(parameters.structure('Absent').optionalText('InstanceId')).toBeUndefined();
  });
});

describe.each(['ec2', 'query'] as const)('a service of the %s protocol', protocol => {
  const service = createQueryService({
    protocol,
    namespace: 'urn:test',
    actions: {
      Tell: () => ({ text: '<a & "b">', none: undefined, flag: false, list: [{ id: 1 }, 'two'], empty: [] }),
      Done: () => undefined,
      Refuse: () => {
        throw new QueryError('No<t>', 'not & now', 409);
      },
      Fail: () => {
        throw new TypeError('a defect');
      },
    },
  });
  const ask = async (Action: string) => {
    const body = new URLSearchParams({ Action }).toString();
    const {
      status,
      headers,
      body: text,
    } = await service({
      method: 'POST',
      url: '/',
      headers: {},
      body,
      region: '',
    });
    const id = headers?.['x-amzn-requestid'] ?? 'none';
    return { status, type: headers?.['content-type'], text: text.replaceAll(id, 'ID').split('\n')[1] };
  };
  const item = protocol === 'ec2' ? 'item' : 'member';
  const told = `<text>&lt;a &amp; &quot;b&quot;&gt;</text><flag>false</flag><list><${item}><id>1</id></${item}><${item}>two</${item}></list><empty></empty>`;
  const wrapped = (name: string, result: string) =>
    protocol === 'ec2'
      ? `<${name}Response xmlns="urn:test"><requestId>ID</requestId>${result}</${name}Response>`
      : `<${name}Response xmlns="urn:test"><${name}Result>${result}</${name}Result><ResponseMetadata><RequestId>ID</RequestId></ResponseMetadata></${name}Response>`;
  const refused = (code: string, message: string, type = 'Sender') =>
    protocol === 'ec2'
      ? `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors><RequestID>ID</RequestID></Response>`
      : `<ErrorResponse><Error><Type>${type}</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>ID</RequestId></ErrorResponse>`;

  test.each([
    ['Tell', 200, wrapped('Tell', told)],
    ['Done', 200, wrapped('Done', '')],
    ['Refuse', 409, refused('No&lt;t&gt;', 'not &amp; now')],
    [
      'constructor',
      501,
      refused('NotImplemented', 'The local run does not emulate &quot;constructor&quot;.', 'Receiver'),
    ],
  ])('answers %s', async (action, status, text) => {
    expect(await ask(action)).toEqual({ status, type: 'text/xml;charset=UTF-8', text });
  });

  test('does not hide a defect of its own', () => {
    expect(() => service({ method: 'POST', url: '/', headers: {}, body: 'Action=Fail', region: '' })).toThrow(
      'a defect',
    );
  });
});

test('a list is given page by page', () => {
  expect(pageOf(['a', 'b', 'c'], 2, undefined)).toEqual({ page: ['a', 'b'], next: '2' });
  expect(pageOf(['a', 'b', 'c'], 2, '2')).toEqual({ page: ['c'], next: undefined });
  expect(pageOf(['a', 'b'], 2, undefined)).toEqual({ page: ['a', 'b'], next: undefined });
});
