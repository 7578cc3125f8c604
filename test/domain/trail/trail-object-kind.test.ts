import { expect, test } from '@jest/globals';
import {
  accountInKey,
  type TrailObjectKind,
  trailObjectKind,
} from '../../../src/domain/trail/trail-object-kind.ts';
import { digestKey, logKey } from './trail-fixtures.ts';

test.each<[TrailObjectKind, string]>([
  ['log', logKey],
  ['log', `some/prefix/${logKey}`],
  ['log', logKey.replace('AWSLogs/', 'AWSLogs/o-exampleorgid/')],
  ['log', logKey.replace('/CloudTrail/', '/CloudTrail-Insight/')],
  ['log', logKey.replace('/CloudTrail/', '/CloudTrail-NetworkActivity/')],
  ['log', logKey.replace(/\.gz$/, '')],
  ['log', logKey.replace('.json.gz', '')],
  ['log', `${logKey}.bak`],
  ['log', `AWSLogs/444455556666/trails/${logKey}`],
  ['digest', digestKey],
  ['digest', `some/prefix/${digestKey}`],
  ['digest', digestKey.replace('AWSLogs/', 'AWSLogs/o-exampleorgid/')],
  ['foreign', 'AWSLogs/111122223333/Config/eu-central-1/2026/11/21/ConfigSnapshot/snapshot.json.gz'],
  ['foreign', 'AWSLogs/111122223333/elasticloadbalancing/eu-central-1/2026/11/21/x.log.gz'],
  ['foreign', 'AWSLogs/111122223333/vpcflowlogs/eu-central-1/2026/11/21/flow.log.gz'],
  ['foreign', 'AWSLogs/111122223333/'],
  ['foreign', 'AWSLogs/111122223333/CloudTrail/'],
  ['foreign', `${logKey}/`],
  ['foreign', 'readme.txt'],
  ['foreign', 'access.log'],
  ['foreign', ''],
  ['possible-log', logKey.replace('/CloudTrail/', '/cloudtrail/')],
  ['possible-log', logKey.replace('/CloudTrail/', '/CloudTrailX/')],
  ['possible-log', `x${logKey}`],
  ['possible-log', 'copies/one.json'],
  ['possible-log', 'copies/one.JSON.GZ'],
  ['possible-log', 'copies/one.jsonl'],
  ['possible-log', 'copies/one.ndjson.gz'],
  ['possible-log', 'copies/one.gz'],
  ['possible-log', 'CloudTrail-Digest/one.json.gz'],
])('%s: %s', (kind, key) => expect(trailObjectKind(key)).toBe(kind));

test('the account of a log is in its key', () => {
  expect(accountInKey(`p/${logKey}`)).toBe('111122223333');
  expect(accountInKey(`AWSLogs/444455556666/x/${logKey}`)).toBe('111122223333');
  expect(accountInKey('copies/one.json')).toBeUndefined();
});
