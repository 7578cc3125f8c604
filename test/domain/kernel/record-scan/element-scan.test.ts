import { describe, expect, test } from '@jest/globals';
import {
  byName,
  byText,
  filterOf,
  further,
  nested,
  other,
  pass,
  shifted,
  shifts,
  wanted,
} from './scan-list.ts';

describe('an element is passed over', () => {
  test.each([
    ['of one member', other],
    ['with others before and after', '{"a":"b","eventName":"Other","c":{"d":[]}}'],
    [
      'with values of all kinds',
      '{"eventName":"O","a":[true,false,null,0,-0,7,-1.5e+30,1E5,2.5,"",{},[[]],[{}]]}',
    ],
    ['with empty objects', '{"eventName":"O","a":{},"b":{"c":{}},"d":[{},{}]}'],
    [
      'with lists of objects',
      '{"eventName":"O","a":[{"b":{"c":"d"}},{"e":{"f":{"g":1}}},[{"h":[[]]}]],"i":{"j":"k"}}',
    ],
    ['with objects before the key', '{"a":{"b":{"c":{"d":1}},"e":{"f":2}},"eventName":"O"}'],
    ['with texts that end like structure', '{"eventName":"O","a":"b:","c,":"d,","e{":"{","f":["g[",","]}'],
    [
      'with a long number',
      `{"eventName":"O","a":${'1234567890'.repeat(20)}.${'5'.repeat(90)}e-${'7'.repeat(80)}}`,
    ],
    ['with words next to each other', '{"eventName":"O","a":[1,22,-3,true,null],"b":false,"c":0,"d":1e5}'],
    ['with escapes', String.raw`{"eventName":"O","a":"\" \\ \/ \b \f \n \r \t","\\":"\\\"","b":"\\\\"}`],
    ['with texts that look like structure', String.raw`{"eventName":"O","a":"}],{\"eventName\":\"Wanted\""}`],
    ['with the key deeper', '{"eventName":"O","a":{"eventName":"Wanted"},"b":[{"eventName":"Wanted"}]}'],
    ['with a longer key', '{"eventName":"O","eventNames":"Wanted","xeventName":"Wanted"}'],
    ['with a longer key beside lists', '{"eventName":"O","a":[],"eventNames":"Wanted","b":[]}'],
    ['with a longer value', '{"eventName":"Wantedly"}'],
    ['with an empty value', '{"eventName":""}'],
    ['with other letters', '{"eventName":"O","é報😀":"é報😀\u007f"}'],
    ['with bytes that are no UTF-8 in a text', Buffer.from('{"eventName":"O","a":"\xff\xc3"}', 'latin1')],
    ['of 63 levels', `{"eventName":"O","a":${nested(62)}}`],
    ['of 63 objects', `${'{"eventName":"O","a":'.repeat(62)}{"b":1}${'}'.repeat(62)}`],
    ['that ends with a block', `{"eventName":"Other","a":"${'x'.repeat(64 - 29)}"}`],
    ['with a text that has a brace behind a colon', '{"eventName":"O","a":"x:{y","b":"c"}'],
    ['with the longest value', `{"eventName":"${'y'.repeat(127)}"}`],
    [
      'with objects that end in blocks behind a list',
      `{"eventName":"O","a":{"b":{"c":[1],"d":"${'x'.repeat(70)}"},"e":"${'x'.repeat(70)}"},"f":"${'x'.repeat(70)}"}`,
    ],
    [
      'with a list that ends behind an object of many blocks',
      `{"eventName":"O","a":[{"b":{"c":"${'x'.repeat(140)}"},"d":"${'x'.repeat(140)}"}],"e":1}`,
    ],
  ])('%s', (_form, element) => {
    for (let length = 0; length < shifts; length += 1) {
      const bytes = Buffer.concat([
        Buffer.from(`${other},`),
        shifted(element, length),
        Buffer.from(`,${further}]`),
      ]);
      expect({ length, ...pass(bytes) }).toEqual({ length, passed: 3, candidate: undefined, rest: ']' });
    }
  });
});

describe('an element is a candidate', () => {
  test.each([
    ['with one of the values', '{"eventName":"Wanted"}', byName],
    ['with a value that may be spelled in several ways', '{"eventName":"Gesucht-é"}', byName],
    ['with a value that may be no UTF-8', '{"eventName":"é"}', byName],
    ['with a long value that may be no UTF-8', '{"eventName":"é234567890123456789"}', byName],
    ['with a value longer than any', `{"eventName":"${'y'.repeat(129)}"}`, byName],
    ['without the key', '{"a":1}', byName],
    ['with the key only deeper', '{"a":{"eventName":"O"},"b":[{"eventName":"O"}]}', byName],
    ['with the key again behind objects', '{"eventName":"O","a":{"b":{}},"eventName":"O"}', byName],
    ['of nothing', '{}', byName],
    ['with the key twice', '{"eventName":"a","eventName":"b"}', byName],
    ['with a value that is no string', '{"eventName":["Wanted"]}', byName],
    ['with a spelled-out key', String.raw`{"eventN\u0061me":"Wanted","eventName":"O"}`, byName],
    ['with a spelled-out value', String.raw`{"eventName":"\u0057anted"}`, byName],
    ['with an escape in its value', String.raw`{"eventName":"a\/b"}`, byName],
    ['with a literal in a value', '{"eventName":"O","a":"User Root"}', byText],
    ['with a literal in a key', '{"eventName":"O","noRoots":1}', byText],
    ['with a literal of three letters', '{"eventName":"O","x":"-abc"}', byText],
    ['with a literal over its seam', '{"eventName":"O","x":"AccessDenied"}', byText],
    ['with a long literal', '{"eventName":"O","x":"Unauthorized0peration9"}', byText],
    ['with a literal of the last bucket', '{"eventName":"O","x":"rrr"}', byText],
    ['with a literal spelled out', String.raw`{"eventName":"O","x":"Roo\u0074"}`, byText],
  ])('%s', (_form, element, filter) => {
    for (let length = 0; length < shifts; length += 1) {
      const candidate = shifted(element, length).toString();
      expect({ length, ...pass(`${other},${candidate},${further}`, filter) }).toEqual({
        length,
        passed: 1,
        candidate,
        rest: `,${further}`,
      });
    }
  });

  test('with a long key that differs from the one by a byte in its middle', () => {
    const key = 'additionalEventData';
    const filter = filterOf({ ...wanted, key });
    const same = `{"${key}":"O"}`;
    for (let place = 8; place < key.length - 7; place += 1) {
      const like = `{"${key.slice(0, place)}X${key.slice(place + 1)}":"O"}`;
      expect(pass(`${same},${like},${same}`, filter)).toEqual({
        passed: 1,
        candidate: like,
        rest: `,${same}`,
      });
    }
  });

  test.each([63, 64, 65, 127])('with a value of %i letters that is one of the values', length => {
    const longest = 'z'.repeat(600_000);
    const filter = filterOf({ ...wanted, values: new Set(['y'.repeat(length), longest]) });
    const candidate = `{"eventName":"${'y'.repeat(length)}"}`;
    expect(pass(`${other},${candidate}`, filter)).toEqual({ passed: 1, candidate, rest: '' });
  });

  test('with the longest key twice', () => {
    const key = 'k'.repeat(63);
    const filter = filterOf({ ...wanted, key });
    const once = `{"${key}":"O","a":"${'x'.repeat(100)}"}`;
    for (let length = 0; length < shifts; length += 1) {
      const twice = shifted(`{"${key}":"O","${key}":"Wanted"}`, length).toString();
      expect({ length, ...pass(`${once},${twice},${once}`, filter) }).toEqual({
        length,
        passed: 1,
        candidate: twice,
        rest: `,${once}`,
      });
    }
  });

  test('but not with less than a literal', () => {
    const near = ['Roo', 'oot', 'ccessDenie', 'AccessDenie', 'Unauthorized0', 'ab', 'aabb', 'root'];
    const elements = near.map(text => `{"eventName":"${text}"}`);
    expect(pass(elements.join(), byText)).toEqual({ passed: near.length, candidate: undefined, rest: '' });
  });
});

describe('an element is left to the reader, and those before it are passed over', () => {
  test.each([
    ['{"eventName":"O","a":"b",}'],
    ['{"eventName":"O",,"a":"b"}'],
    ['{,"eventName":"O"}'],
    ['{"eventName":"O","a"}'],
    ['{"eventName":"O","a":}'],
    ['{"eventName":"O","a"::1}'],
    ['{"eventName":"O","a":,"b":1}'],
    ['{"eventName":"O","a":,"b":[]}'],
    ['{"eventName":"O","a":[1],"b":,"c":1}'],
    ['{"eventName":"O","a":[1],"b":{,"c":1}}'],
    ['{"eventName":"O","a":1]}'],
    ['{"eventName":"O","a":1]2}'],
    ['{"eventName":"O","a":1:2}'],
    ['{"eventName":"O","a":"b":"c"}'],
    ['{"eventName":"O","a":["b":1]}'],
    ['{"eventName":"O","a":[1,]}'],
    ['{"eventName":"O","a":[,1]}'],
    ['{"eventName":"O","a":[1 2]}'],
    ['{"eventName":"O","a":[1[2]]}'],
    ['{"eventName":"O","a":[[1]2]}'],
    ['{"eventName":"O","a":{1:2}}'],
    ['{"eventName":"O","a":{{}}}'],
    ['{"eventName":"O","a":{[]}}'],
    ['{"eventName":"O","a":{"b":1,{}}}'],
    ['{"eventName":"O","a":{"b":1,2}}'],
    ['{"eventName":"O","a":{"b":1,null}}'],
    ['{"eventName":"O","a":[}'],
    ['{"eventName":"O","a":[1}'],
    ['{"eventName":"O","a":{]}'],
    ['{"eventName":"O","a":{"b":1]}'],
    ['{"eventName":"O","a":"b""c"}'],
    ['{"eventName":"O","a":"b""c":1}'],
    ['{"eventName":"O","a":"b"{"c":1}}'],
    ['{"eventName":"O","a":"b"1}'],
    ['{"eventName":"O","a":"b\\","c":"d"}'],
    ['{"eventName":"O","a":{"b":1}2}'],
    ['{"eventName":"O","a":{"b":1}"c"}'],
    ['{"eventName":"O","a":{"b":1}{"c":1}}'],
    ['{"eventName":"O","a":{"b":1}:1}'],
    ['{"eventName":"O","a":{"b":1,}}'],
    ['{"eventName":"O","a":{"b":}}'],
    ['{"eventName":"O","a":{,"b":1}}'],
    ['{"eventName":"O","a":{:1}}'],
    ['{"eventName":"O","a":{"b"}}'],
    ['{"eventName":"O","a":{"b","c":1}}'],
    ['{"eventName":"O",{"a":1}}'],
    ['{"eventName":"O",1}'],
    ['{"eventName":"O","a":1{"b":2}}'],
    ['{"eventName":"O","a":1"b"}'],
    ['{"eventName":"O","a":[{"b":1]}'],
    ['{"eventName":"O","a":[{"b":{"c":1}}}}'],
    ['{"eventName":"O","a":]}'],
    ['{"eventName":"O","a":"b"c}'],
    ['{"eventName":"O","a":c"b"}'],
    ['{"eventName":"O" ,"a":1}'],
    ['{"eventName":"O","a":tru}'],
    ['{"eventName":"O","a":truE}'],
    ['{"eventName":"O","a":truee}'],
    ['{"eventName":"O","a":falsx}'],
    ['{"eventName":"O","a":fals}'],
    ['{"eventName":"O","a":nul}'],
    ['{"eventName":"O","a":nulll}'],
    ['{"eventName":"O","a":01}'],
    ['{"eventName":"O","a":-}'],
    ['{"eventName":"O","a":+1}'],
    ['{"eventName":"O","a":1.}'],
    ['{"eventName":"O","a":.1}'],
    ['{"eventName":"O","a":1e}'],
    ['{"eventName":"O","a":1e+}'],
    ['{"eventName":"O","a":-e5}'],
    ['{"eventName":"O","a":1.e5}'],
    ['{"eventName":"O","a":e5}'],
    ['{"eventName":"O","a":1~}'],
    ['{"eventName":"O","a":1\u007f}'],
    ['{"eventName":"O","a":trueé}'],
    ['{"eventName":"O","a":1x}'],
    ['{"eventName":"O","a":Y}'],
    ['{"eventName":"O","a":_}'],
    ['{"eventName":"O","a":[1Y}'],
    ['{"eventName":"O","a":{"b":1y}'],
    ['{"eventName":"O","a":_1]}'],
    ['{"eventName":"O","a":\u007f"b":1}}'],
    ['{"eventName":"O","a":\u007f}'],
    ['{"eventName":"O","a":é}'],
    ['{"eventName":"O","a":\\"b"}'],
    ['{"eventName":"O","a":"\\x"}'],
    ['{"eventName":"O","a":"\\U0041"}'],
    ['{"eventName":"O","a":"\\\\\\a"}'],
    ['{"eventName":"O","a":"\t"}'],
    ['{"eventName":"O","a":"\u0000"}'],
    ['{"eventName":"O","a":"\u001f"}'],
    ['{"eventName":"O",\n"a":1}'],
    [`{"eventName":"O","a":${nested(63)}}`],
    [`{"eventName":"O","a":${nested(200)}}`],
    [`{"eventName":"O","a":${nested(66)}]`],
    [`{"eventName":"O","a":{"b":${nested(66)}]}`],
    [`{"eventName":"O","a":${'{"a":'.repeat(100)}1${'}'.repeat(100)}}`],
    [`{"eventName":"O","a":${'{"a":'.repeat(62)}{}${'}'.repeat(62)}}`],
    [`{"eventName":"O","a":${'{"a":'.repeat(62)}{"b":1}${'}'.repeat(62)}}`],
    [`{"eventName":"O","a":"${'x'.repeat(2000)}"}`],
  ])('%s', element => {
    for (let length = 0; length < shifts; length += 1) {
      const rest = `,${shifted(element, length)},${further}]`;
      const expected = { length, passed: 2, candidate: undefined, rest };
      expect({ length, ...pass(`${other},${other}${rest}`, byName, 1500) }).toEqual(expected);
      const last = `,${shifted(element, length)}`;
      expect({ length, ...pass(`${other},${other}${last}`, byName, 1500) }).toEqual({
        ...expected,
        rest: last,
      });
    }
  });

  test.each(['["eventName":"O"}', '"eventName":"O"}', '1', ']'])('as is what begins with %s', list => {
    expect(pass(`${list},${other}`)).toEqual({ passed: 0, candidate: undefined, rest: `${list},${other}` });
  });

  test.each([
    '1',
    '"text"',
    '[]',
    'null',
    ' {"eventName":"O"}',
    ']',
    '1"eventName":"O"}',
    '["eventName":"O"}',
  ])('behind it, where %s stands', next => {
    const rest = `,${next},${other}]`;
    expect(pass(`${other},${other}${rest}`)).toEqual({ passed: 2, candidate: undefined, rest });
  });
});

describe('an element ends', () => {
  test('with its own brace, if others follow', () => {
    for (let length = 0; length < shifts; length += 1) {
      const list = `${other},${shifted('{"eventName":"O","a":{"b":1}}', length)}}}}`;
      expect({ length, ...pass(list) }).toEqual({ length, passed: 2, candidate: undefined, rest: '}}}' });
    }
  });

  test('before the rest of its block, of which nothing is known', () => {
    const last = '{"eventName":"O","a":[1]}';
    for (const wrong of ['{1,"b":1,"eventName":"O"}', '{{"b":1},"eventName":"O"}']) {
      for (let length = 0; length < shifts; length += 1) {
        const rest = `,${wrong},${further}`;
        expect({ length, ...pass(`${shifted(last, length)}${rest}`) }).toMatchObject({
          length,
          passed: 1,
          rest,
        });
      }
    }
  });

  test('within the bytes that it may have at most', () => {
    expect(pass(other, byName, other.length).passed).toBe(1);
    expect(pass(other, byName, other.length - 1).passed).toBe(0);
    expect(pass(other, byName, 2 ** 32).passed).toBe(1);
  });
});

describe('a chunk', () => {
  test('that ends within an element leaves that one to the reader', () => {
    const last = '{"eventName":"Other","a":[true,-12.5e7,{"b":"\\n"}]}';
    for (let cut = 0; cut < last.length; cut += 1) {
      const rest = `,${last.slice(0, cut)}`;
      expect({ cut, ...pass(`${other}${rest}`) }).toEqual({ cut, passed: 1, candidate: undefined, rest });
    }
  });

  test('may be larger than the memory of the kernel', () => {
    const element = `{"eventName":"Other","a":"${'x'.repeat(9973)}"}`;
    const elements = Array<string>(100).fill(element);
    expect(pass(elements.join())).toEqual({ passed: 100, candidate: undefined, rest: '' });
    const more = [...elements, '{"eventName":"Wanted"}', ...elements];
    expect(pass(more.join())).toMatchObject({ passed: 100, candidate: '{"eventName":"Wanted"}' });
  });

  test('may hold an element that is larger than the memory of the kernel', () => {
    const large = `{"eventName":"Other","a":"${'x'.repeat(500_000)}"}`;
    const rest = `,${large},${other}`;
    expect(pass(`${other}${rest}`)).toEqual({ passed: 1, candidate: undefined, rest });
  });
});
