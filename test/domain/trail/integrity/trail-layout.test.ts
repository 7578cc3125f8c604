import { expect, test } from '@jest/globals';
import {
  keyFromRoot,
  logTime,
  readDay,
  readDigestName,
} from '../../../../src/domain/trail/integrity/trail-layout.ts';

const folder = 'a/AWSLogs/111122223333/CloudTrail-Digest/eu-central-1/2026/02/28';
const digest = (stamp: string, suffix = '') =>
  `${folder}/111122223333_CloudTrail-Digest_eu-central-1_my_trail_us-east-1_${stamp}${suffix}.json.gz`;

test('the name of a digest tells its chain and when its hour ends', () => {
  expect(readDigestName(digest('20260228T150131Z'))).toEqual({
    key: digest('20260228T150131Z'),
    chain: 'my_trail_us-east-1',
    isBackfill: false,
    end: Date.parse('2026-02-28T15:01:31Z'),
  });
  expect(readDigestName(digest('20260228T150131Z', '_backfill'))).toMatchObject({
    chain: 'my_trail_us-east-1_backfill',
    isBackfill: true,
  });
});

test.each([
  digest('20260230T150131Z'),
  digest('20260228T250131Z'),
  digest('20260228T1501Z'),
  digest('20260228T150131Z', '_other'),
  digest('20260228T150131Z').replace('.gz', ''),
  digest('20260228T150131Z').replace('/111122223333_', '/1_'),
])('%s is no digest', key => {
  expect(readDigestName(key)).toBeUndefined();
});

test.each([
  ['a_20260228T1505Z_AbCdEfGhIjKlMnOp.json.gz', '2026-02-28T15:05:00Z'],
  ['a_20260230T1505Z_AbCdEfGhIjKlMnOp.json.gz', undefined],
  ['notes.txt', undefined],
])('the name %s tells the time %s', (name, time) => {
  expect(logTime(`x/${name}`)).toBe(time === undefined ? undefined : Date.parse(time));
});

test.each([
  ['x/2026/02/28/', '2026-02-28T00:00:00Z'],
  ['x/2026/02/30/', undefined],
  ['x/2026/02/', undefined],
])('the folder %s is the day %s', (name, time) => {
  expect(readDay(name)).toBe(time === undefined ? undefined : Date.parse(time));
});

test.each([
  ['AWSLogs/111122223333/CloudTrail/a', '111122223333/CloudTrail/a'],
  ['p/AWSLogs/o-abc123/111122223333/a', 'o-abc123/111122223333/a'],
  ['AWSLogs/111122223333/AWSLogs/111122223333/a', '111122223333/a'],
  ['AWSLogs/a', undefined],
  ['xAWSLogs/111122223333/a', undefined],
])('what stays of %s in a copy is %s', (key, tail) => {
  expect(keyFromRoot(key)).toBe(tail);
});
