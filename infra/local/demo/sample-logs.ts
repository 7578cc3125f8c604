import { gzipSync } from 'node:zlib';

/** One object of a log bucket, and what of it matches the rules that a deployment starts with. */
export interface SampleLog {
  readonly key: string;
  readonly body: Uint8Array;
}

type Fields = Readonly<Record<string, unknown>>;

/** The logs of one morning, in one account: what CloudTrail, and others, put into a bucket. */
export function sampleLogs(account: string, region: string) {
  const place = keyIn(account, region);
  const logAt = (minute: string, ...records: readonly Fields[]): SampleLog => ({
    key: place('CloudTrail', `${minute}Z_aB3dE5gH7jK9mN1p`),
    body: gzipSync(JSON.stringify({ Records: records })),
  });
  const record = recordsOf(account, region);
  const live = record('frank', '08:26:00', 'iam', 'DeleteUserPolicy');
  const later = logAt('0815', record('alice', '08:12:30', 'iam', 'CreateAccessKey'));
  return {
    /** 7 of its 9 records match: under 4 rules, by 3 principals; no rule has two principals. */
    eventful: logAt(
      '0805',
      record('alice', '08:01:02', 'iam', 'CreateUser'),
      record('alice', '08:01:09', 'iam', 'AttachUserPolicy'),
      record('alice', '08:01:15', 'iam', 'CreateAccessKey'),
      record('alice', '08:01:40', 'iam', 'PutUserPolicy', {
        errorCode: 'AccessDenied',
        errorMessage: 'not authorized',
      }),
      record('bob', '08:02:00', 's3', 'ListBuckets'),
      record('bob', '08:02:11', 'signin', 'ConsoleLogin', {
        errorMessage: 'Failed authentication',
        responseElements: { ConsoleLogin: 'Failure' },
        additionalEventData: { MFAUsed: 'No' },
      }),
      record('carol', '08:03:00', 'cloudtrail', 'StopLogging'),
      record('carol', '08:03:20', 'cloudtrail', 'DescribeTrails'),
      record('carol', '08:03:30', 'cloudtrail', 'DeleteTrail'),
    ),
    uneventful: logAt(
      '0810',
      ...Array.from({ length: 40 }, (_, index) =>
        record('bob', `08:06:${String(index).padStart(2, '0')}`, 's3', 'GetBucketLocation'),
      ),
    ),
    /** Another match of a rule, principal and window that were announced before. */
    later,
    digest: {
      key: place('CloudTrail-Digest', '080000Z'),
      body: gzipSync(
        JSON.stringify({
          awsAccountId: account,
          digestStartTime: '2026-11-21T07:00:00Z',
          digestS3Object: 'x',
          logFiles: [],
        }),
      ),
    },
    foreign: { key: place('Config', '080000Z_ConfigSnapshot'), body: gzipSync('{"configurationItems":[]}') },
    /** Breaks off within its second record; the first one matches. */
    corrupt: ((): SampleLog => {
      const { key, body } = logAt('0820', record('dave', '08:16:00', 'kms', 'ScheduleKeyDeletion'), {
        padding: Array.from({ length: 4000 }, (_, index) => index * 7919).join(' '),
      });
      return { key, body: body.subarray(0, body.length - 2000) };
    })(),
    /** Is announced before it is there. */
    late: logAt('0825', record('erin', '08:21:00', 'ec2', 'AuthorizeSecurityGroupIngress')),
    /** What CloudTrail tells at once, and the log that has the same record minutes later. */
    live: { detail: live, log: logAt('0830', live) },
  };
}

/** A log of the same morning, of calls that its caller names. */
export function logOf(
  account: string,
  region: string,
  minute: string,
  calls: readonly { readonly user: string; readonly service: string; readonly eventName: string }[],
): SampleLog {
  const record = recordsOf(account, region, Number(minute) * 100);
  const time = `${minute.slice(0, 2)}:${minute.slice(2)}:00`;
  return {
    key: keyIn(account, region)('CloudTrail', `${minute}Z_aB3dE5gH7jK9mN1p`),
    body: gzipSync(
      JSON.stringify({
        Records: calls.map(({ user, service, eventName }) => record(user, time, service, eventName)),
      }),
    ),
  };
}

function keyIn(account: string, region: string) {
  return (service: string, name: string) =>
    `AWSLogs/${account}/${service}/${region}/2026/11/21/${account}_${service}_${region}_20261121T${name}.json.gz`;
}

/** Makes records; their ids count on from `before`. */
function recordsOf(account: string, region: string, before = 0) {
  let count = before;
  return (user: string, time: string, service: string, eventName: string, change: Fields = {}): Fields => {
    count += 1;
    return {
      eventVersion: '1.11',
      userIdentity: {
        type: 'IAMUser',
        principalId: 'AIDAEXAMPLE',
        arn: `arn:aws:iam::${account}:user/${user}`,
        accountId: account,
        userName: user,
      },
      eventTime: `2026-11-21T${time}Z`,
      eventSource: `${service}.amazonaws.com`,
      eventName,
      awsRegion: region,
      sourceIPAddress: '203.0.113.7',
      userAgent: 'aws-cli/2.31.0',
      requestParameters: null,
      responseElements: null,
      requestID: `10000000-0000-4000-8000-${String(count).padStart(12, '0')}`,
      eventID: `20000000-0000-4000-8000-${String(count).padStart(12, '0')}`,
      eventType: 'AwsApiCall',
      recipientAccountId: account,
      ...change,
    };
  };
}
