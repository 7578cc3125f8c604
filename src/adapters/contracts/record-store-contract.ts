import assert from 'node:assert/strict';
import type { DeviceRecord, LosslessJson, RecordStore } from '../../ports/record-store.ts';
import { assertPortError } from './assert-port-error.ts';
import type { Contract } from './contract.ts';

export interface RecordStoreSubject {
  readonly store: RecordStore;
  /** What the table holds under a key, read past the port, which only writes. Numbers may be written another way. */
  find(deviceId: string, timestamp: string): Promise<DeviceRecord | undefined>;
}

const digits = [
  '0',
  '-0.5',
  '12345678901234567890123456789012345678',
  '0.12345678901234567890123456789012345678',
  '9007199254740993',
  '1E-130',
  '9.9999999999999999999999999999999999999E+125',
  '-1e20',
];

const values: readonly (readonly [string, LosslessJson])[] = [
  ['an empty text', ''],
  ['a text of any script', 'März € 発注書 📄 \u0000'],
  ['true', true],
  ['false', false],
  ['null', null],
  ['an empty list', []],
  ['an empty map', new Map()],
  ['a map with a member called digits', new Map([['digits', '1']])],
  [
    'a list of all kinds',
    [null, 'a', true, { digits: '1' }, [], new Map<string, LosslessJson>([['b', null]])],
  ],
  ['a number of many digits within', new Map([['n', [{ digits: '0.1234567890123456789' }]]])],
];

const names = ['a b', '#name', 'a.b', 'toString', 'März', 'S', 'value2'];

/** What every {@link RecordStore} promises. */
export const recordStoreContract: Contract<RecordStoreSubject> = {
  port: 'RecordStore',
  cases: [
    {
      name: 'what is written is there, whole',
      async run({ store, find }) {
        const record = recordOf({ attributes: new Map([['unit', 'C']]) });
        assert.deepEqual(await store.write([record]), { unprocessed: [] });
        assertSameRecord(await find(record.deviceId, record.timestamp), record);
      },
    },
    {
      name: 'a full batch is written, in one call',
      async run({ store, find }) {
        const first = recordOf({});
        const batch = Array.from({ length: store.batchSize }, (_, index) => ({
          ...first,
          timestamp: `2026-11-21T08:00:00.${String(index).padStart(3, '0')}Z`,
          value: { digits: String(index) },
        }));
        assert.deepEqual(await store.write(batch), { unprocessed: [] });
        for (const record of batch) assertSameRecord(await find(record.deviceId, record.timestamp), record);
      },
    },
    {
      name: 'no records are written at once',
      async run({ store }) {
        assert.deepEqual(await store.write([]), { unprocessed: [] });
      },
    },
    {
      name: 'more than a batch is refused for good',
      async run({ store }) {
        const batch = Array.from({ length: store.batchSize + 1 }, () => recordOf({}));
        await assertPortError(store.write(batch), { kind: 'permanent', code: 'RecordRefused' });
      },
    },
    {
      name: 'a key twice in one call is refused for good',
      async run({ store }) {
        const record = recordOf({});
        await assertPortError(store.write([record, { ...record, value: { digits: '2' } }]), {
          kind: 'permanent',
          code: 'RecordRefused',
        });
      },
    },
    {
      name: 'the last write of a key wins, and leaves nothing of the one before',
      async run({ store, find }) {
        const record = recordOf({ attributes: new Map([['old', true]]) });
        const later = { ...record, value: { digits: '2' }, attributes: new Map([['new', true]]) };
        await store.write([record]);
        await store.write([later]);
        assertSameRecord(await find(record.deviceId, record.timestamp), later);
      },
    },
    {
      name: 'writing the same again changes nothing',
      async run({ store, find }) {
        const record = recordOf({});
        for (const _ of [1, 2]) assert.deepEqual(await store.write([record]), { unprocessed: [] });
        assertSameRecord(await find(record.deviceId, record.timestamp), record);
      },
    },
    {
      name: 'one time of two devices, and two times of one, are different keys',
      async run({ store, find }) {
        const record = recordOf({});
        const others = [
          { ...record, deviceId: `${record.deviceId} `, value: { digits: '2' } },
          { ...record, timestamp: '2026-11-21T08:00:00.000001Z', value: { digits: '3' } },
        ];
        await store.write([record, ...others]);
        for (const each of [record, ...others]) {
          assertSameRecord(await find(each.deviceId, each.timestamp), each);
        }
      },
    },
    ...digits.map(written => ({
      name: `the number ${written} keeps its worth`,
      async run({ store, find }: RecordStoreSubject) {
        const record = recordOf({
          value: { digits: written },
          attributes: new Map([['n', { digits: written }]]),
        });
        await store.write([record]);
        assertSameRecord(await find(record.deviceId, record.timestamp), record);
      },
    })),
    ...values.map(([kind, value]) => ({
      name: `the attribute ${kind} is kept`,
      async run({ store, find }: RecordStoreSubject) {
        const record = recordOf({ attributes: new Map([['attribute', value]]) });
        await store.write([record]);
        assertSameRecord(await find(record.deviceId, record.timestamp), record);
      },
    })),
    ...names.map(name => ({
      name: `the attribute name ${JSON.stringify(name)} is kept`,
      async run({ store, find }: RecordStoreSubject) {
        const attributes = new Map<string, LosslessJson>([
          [name, 'kept'],
          ['within', new Map([[name, 'kept']])],
        ]);
        const record = recordOf({ attributes });
        await store.write([record]);
        assertSameRecord(await find(record.deviceId, record.timestamp), record);
      },
    })),
    {
      name: 'a record without a device is refused for good, and named by none of its neighbours',
      async run({ store }) {
        await assertPortError(store.write([recordOf({}), recordOf({ deviceId: '' })]), {
          kind: 'permanent',
          code: 'RecordRefused',
        });
      },
    },
  ],
};

function assertSameRecord(found: DeviceRecord | undefined, expected: DeviceRecord): void {
  assert.ok(found !== undefined, 'the record is there');
  assert.deepEqual(comparable(found), comparable(expected));
}

/** A store may write numbers in its own way, and keep names in its own order. */
function comparable({ deviceId, timestamp, value, attributes }: DeviceRecord) {
  return { deviceId, timestamp, value: plain(value), attributes: plain(attributes) };
}

function plain(value: LosslessJson): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map) {
    const members = [...value].map(([name, member]): [string, unknown] => [name, plain(member)]);
    return { members: members.sort(([a], [b]) => (a < b ? -1 : 1)) };
  }
  return { number: 'digits' in value ? exact(value.digits) : undefined };
}

/** Sign, significant digits and exponent: the worth of a number, however it is written. */
function exact(written: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(written) ?? [];
  const significant = (whole + fraction).replace(/^0+/, '');
  const trimmed = significant.replace(/0+$/, '');
  if (trimmed === '') return '0';
  return `${sign === '-' ? '-' : ''}${trimmed}e${Number(exponent) - fraction.length + significant.length - trimmed.length}`;
}

/** A record under a key that no other case uses. */
function recordOf(fields: Partial<DeviceRecord>): DeviceRecord {
  return {
    deviceId: `contract/${crypto.randomUUID()}`,
    timestamp: '2026-11-21T08:00:00.000Z',
    value: { digits: '21.5' },
    attributes: new Map(),
    ...fields,
  };
}
