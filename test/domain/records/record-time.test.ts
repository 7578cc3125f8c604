import { describe, expect, test } from '@jest/globals';
import { recordTime } from '../../../src/domain/records/record-time.ts';
import fc from '../../seeded-properties.ts';

describe('recordTime', () => {
  test.each([
    ['2026-11-21T08:00:00.000Z', '2026-11-21T08:00:00.000Z'],
    ['2026-11-21T08:00:00Z', '2026-11-21T08:00:00.000Z'],
    ['2026-11-21t08:00z', '2026-11-21T08:00:00.000Z'],
    ['2026-11-21T09:00:00+01:00', '2026-11-21T08:00:00.000Z'],
    ['2026-11-21T09:00:00+0100', '2026-11-21T08:00:00.000Z'],
    ['2026-11-21T09:00:00+01', '2026-11-21T08:00:00.000Z'],
    ['2026-11-20T20:30:00-11:30', '2026-11-21T08:00:00.000Z'],
    ['2026-11-21T08:00:00-00:00', '2026-11-21T08:00:00.000Z'],
    ['2026-11-21T08:00:00.5Z', '2026-11-21T08:00:00.500Z'],
    ['2026-11-21T08:00:00,25Z', '2026-11-21T08:00:00.250Z'],
    ['2026-11-21T08:00:00.123456+00:00', '2026-11-21T08:00:00.123456Z'],
    ['2026-11-21T08:00:00.123456789Z', '2026-11-21T08:00:00.123456789Z'],
    ['2026-11-21T08:00:00.123000000000Z', '2026-11-21T08:00:00.123Z'],
    ['2024-02-29T23:59:59.9999Z', '2024-02-29T23:59:59.9999Z'],
    ['0000-01-01T00:00:00Z', '0000-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59.000Z'],
  ])('%s is %s', (text, time) => {
    expect(recordTime(text)).toEqual({ outcome: 'read', time });
  });

  test.each([
    ['', 'timestamp-format'],
    ['yesterday', 'timestamp-format'],
    ['2026-11-21', 'timestamp-format'],
    ['2026-11-21 08:00:00Z', 'timestamp-format'],
    [' 2026-11-21T08:00:00Z', 'timestamp-format'],
    ['2026-11-21T08:00:00Z\n', 'timestamp-format'],
    ['2026-W47-6T08:00:00Z', 'timestamp-format'],
    ['20261121T080000Z', 'timestamp-format'],
    ['+12026-11-21T08:00:00Z', 'timestamp-format'],
    ['1763712000000', 'timestamp-format'],
    [`2026-11-21T08:00:00.${'0'.repeat(60)}Z`, 'timestamp-format'],
    ['2026-11-21T08:00:00', 'timestamp-without-zone'],
    ['2026-11-21T08:00:00.123456', 'timestamp-without-zone'],
    ['2026-11-21T24:00:00Z', 'timestamp-out-of-range'],
    ['2026-11-21T08:60:00Z', 'timestamp-out-of-range'],
    ['2026-12-31T23:59:60Z', 'timestamp-out-of-range'],
    ['2026-02-30T08:00:00Z', 'timestamp-out-of-range'],
    ['2025-02-29T08:00:00Z', 'timestamp-out-of-range'],
    ['2026-13-01T08:00:00Z', 'timestamp-out-of-range'],
    ['2026-00-01T08:00:00Z', 'timestamp-out-of-range'],
    ['2026-11-21T08:00:00+24:00', 'timestamp-out-of-range'],
    ['2026-11-21T08:00:00+01:60', 'timestamp-out-of-range'],
    ['9999-12-31T23:59:59-01:00', 'timestamp-out-of-range'],
    ['0000-01-01T00:00:00+01:00', 'timestamp-out-of-range'],
    ['2026-11-21T08:00:00.1234567891Z', 'timestamp-too-precise'],
  ])('%j is refused as %s', (text, fault) => {
    expect(recordTime(text)).toEqual({ outcome: 'refused', fault });
  });

  test('an instant is the same in every zone', () => {
    const instants = fc.date({ min: new Date(0), max: new Date('9999-12-30'), noInvalidDate: true });
    fc.assert(
      fc.property(instants, fc.integer({ min: -23 * 60 - 59, max: 23 * 60 + 59 }), (instant, offset) => {
        const local = new Date(instant.getTime() + offset * 60_000).toISOString().slice(0, -1);
        const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
        const zone = [hours, minutes].map(part => String(part).padStart(2, '0')).join(':');
        const read = recordTime(`${local}${offset < 0 ? '-' : '+'}${zone}`);
        fc.pre(local.length === '2026-11-21T08:00:00.000'.length);
        expect(read).toEqual({ outcome: 'read', time: instant.toISOString() });
      }),
    );
  });
});
