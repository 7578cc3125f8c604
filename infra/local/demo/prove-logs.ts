import { gzipSync } from 'node:zlib';
import type { LocalPipeline } from '../local-pipeline.ts';
import { alertsOf } from './alerts-of.ts';
import { DemoClients } from './demo-clients.ts';
import { type Expectation, expectation } from './expectation.ts';
import { signedHours } from './signed-digests.ts';

/** A region that no other log of the demo comes from. */
const region = 'eu-north-1';

const hour = 3_600_000;

/**
 * Delivers logs with the digests that CloudTrail would have signed, has the verifier prove them, changes one log, and has it
 * look again.
 */
export async function proveLogs(
  pipeline: LocalPipeline,
  progress: (step: string) => void,
): Promise<readonly Expectation[]> {
  const { accountId, account, outputs } = pipeline;
  const {
    TrailLogBucketName: bucket = '',
    TrailVerifierFunctionName: verifier = '',
    TrailKeyArn: keyArn,
  } = outputs;
  const clients = new DemoClients(pipeline);
  const deliver = (key: string, body: Uint8Array, metadata: Readonly<Record<string, string>> = {}) =>
    clients.upload(bucket, key, body, {
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: keyArn,
      Metadata: metadata,
    });
  const end = new Date(Math.floor(Date.now() / hour) * hour);
  const hours = signedHours(
    {
      account: accountId,
      region,
      bucket,
      fingerprint: account.trailKeys.of(region).fingerprint,
      sign: text => account.trailKeys.sign(region, text),
    },
    end,
    3,
  );
  // The first digest begins the chain: what came before it, nothing proves.
  const request = {
    from: new Date(end.getTime() - 2 * hour).toISOString(),
    to: end.toISOString(),
    regions: [region],
  };
  /** What a verification says, and the alerts that it has added. */
  const verify = async () => {
    const before = alertsOf(pipeline, 'trail.integrity').length;
    const answer = await clients.invoke(verifier, request);
    const alerts = alertsOf(pipeline, 'trail.integrity').slice(before);
    return { outcome: String(answer['outcome']), logs: answer['logs'], alerts };
  };
  try {
    progress('delivering logs with the digests that vouch for them, and verifying these');
    for (const { log, digest } of hours) {
      await deliver(log.key, log.body);
      await deliver(digest.key, digest.body, {
        signature: digest.signature,
        'signature-algorithm': 'SHA256withRSA',
      });
    }
    await pipeline.idle(180_000);
    const sound = await verify();

    progress('taking the record out of one log, and verifying again');
    const [, , last] = hours;
    await deliver(last?.log.key ?? '', gzipSync('{"Records":[]}'));
    await pipeline.idle(180_000);
    const changed = await verify();
    const [alert] = changed.alerts;
    return [
      expectation('verifications that find all valid', 1, sound.outcome === 'valid' ? 1 : 0, [sound.outcome]),
      expectation('logs that are proven', 2, countOf(sound.logs, 'valid')),
      expectation('alerts where all is valid', 0, sound.alerts.length),
      expectation('logs found tampered with, once one is changed', 1, countOf(changed.logs, 'tampered'), [
        changed.outcome,
      ]),
      expectation('logs that are proven all the same', 1, countOf(changed.logs, 'valid')),
      expectation(
        'critical alerts on that',
        1,
        changed.alerts.filter(({ attributes }) => attributes['severity'] === 'critical').length,
        [alert?.subject ?? 'none'],
      ),
    ];
  } finally {
    clients.close();
  }
}

/** How many files have a verdict, of the counts that the verifier answers. */
function countOf(counts: unknown, verdict: string): number {
  return typeof counts === 'object' && counts !== null ? Number(Reflect.get(counts, verdict) ?? 0) : 0;
}
