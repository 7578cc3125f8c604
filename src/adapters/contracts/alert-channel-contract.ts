import assert from 'node:assert/strict';
import { type Alert, type AlertChannel, alertSeverities } from '../../ports/alert-channel.ts';
import { assertPortError } from './assert-port-error.ts';
import { assertSameJson } from './assert-same-json.ts';
import type { Contract } from './contract.ts';

export interface AlertChannelSubject {
  readonly channel: AlertChannel;
  /** The alerts of that id as a receiver got them, waiting as long as delivery takes. */
  deliveries(id: string): Promise<readonly Alert[]>;
  /** A text of so many bytes is above the channel's limit; one of an eighth of it is below. */
  readonly tooManyBytes: number;
}

/** Texts that break what is put together by hand. */
const texts: Readonly<Record<string, string>> = {
  quotes: `"double" 'single' \`back\` \\ \\" \\n`,
  'line breaks': 'first\r\nsecond\nthird\u2028fourth\u0085fifth',
  'control characters': 'bell \u0007 null \u0000 escape \u001b[31m tab \t delete \u007f',
  markup: '<script>alert(1)</script> &amp; {{y}} %s {}',
  'other scripts': 'Überweisung – 発注書 – заказ – طلب',
  emoji: '📄 👩‍👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿',
  'bidirectional overrides': 'invoice\u202efdp.exe\u2066',
  JSON: '{"default":"x","email":"y"}',
  'an escaped surrogate': '\\ud800 \\\\udfff',
};

/** What every {@link AlertChannel} promises. */
export const alertChannelContract: Contract<AlertChannelSubject> = {
  port: 'AlertChannel',
  cases: [
    {
      name: 'an alert arrives with all its facts',
      async run(subject) {
        const alert = alertOf({ details: { list: [1, 'two', null, { three: true }], none: {} } });
        await subject.channel.publish(alert);
        await assertArrived(subject, alert);
      },
    },
    {
      name: 'an alert without a correlation id arrives without one',
      async run(subject) {
        const { correlationId: _, ...alert } = alertOf({});
        await subject.channel.publish(alert);
        await assertArrived(subject, alert);
      },
    },
    {
      name: 'the account that an alert concerns arrives; where it concerns none, none does',
      async run(subject) {
        for (const alert of [alertOf({ account: '000000000123' }), alertOf({})]) {
          await subject.channel.publish(alert);
          await assertArrived(subject, alert);
        }
      },
    },
    ...alertSeverities.map(severity => ({
      name: `the severity ${severity} arrives`,
      async run(subject: AlertChannelSubject) {
        const alert = alertOf({ severity });
        await subject.channel.publish(alert);
        await assertArrived(subject, alert);
      },
    })),
    ...Object.entries(texts).map(([name, text]) => ({
      name: `title, text and details arrive whatever is in them: ${name}`,
      async run(subject: AlertChannelSubject) {
        const alert = alertOf({ title: text, text, details: { text, [text]: [text] } });
        await subject.channel.publish(alert);
        await assertArrived(subject, alert);
      },
    })),
    {
      name: 'a lone surrogate arrives as it is or as U+FFFD, and takes nothing else with it',
      async run(subject) {
        const text = 'before \ud83d between \udcc4 after 📄';
        const alert = alertOf({ title: text, text, details: { text } });
        await subject.channel.publish(alert);
        const [delivered] = await subject.deliveries(alert.id);
        for (const arrived of [delivered?.title, delivered?.text, delivered?.details['text']]) {
          assert.equal(String(arrived).toWellFormed(), text.toWellFormed());
        }
      },
    },
    ...['', ' ', '\n', '📄', 'x'.repeat(5000), '発'.repeat(200)].map(title => ({
      name: `a title of ${title.length} × ${JSON.stringify(title.slice(0, 2))} is no hindrance`,
      async run(subject: AlertChannelSubject) {
        const alert = alertOf({ title });
        await subject.channel.publish(alert);
        await assertArrived(subject, alert);
      },
    })),
    {
      name: 'a repetition is accepted',
      async run(subject) {
        const alert = alertOf({});
        await subject.channel.publish(alert);
        await subject.channel.publish(alert);
        await assertArrived(subject, alert);
      },
    },
    {
      name: 'an alert of an eighth of the limit arrives',
      async run(subject) {
        const alert = alertOf({ text: 'é'.repeat(Math.floor(subject.tooManyBytes / 16)) });
        await subject.channel.publish(alert);
        await assertArrived(subject, alert);
      },
    },
    {
      name: 'an alert above the limit is refused for good, and not delivered',
      async run(subject) {
        // Two bytes each: a channel that counted characters would let it pass.
        const alert = alertOf({ text: 'é'.repeat(Math.ceil(subject.tooManyBytes / 2)) });
        const published = subject.channel.publish(alert);
        await assertPortError(published, { kind: 'permanent', code: 'AlertTooLarge' });
        assertSameJson(await subject.deliveries(alert.id), []);
      },
    },
  ],
};

/** Delivery is at least once, so there may be several; each is the alert. */
async function assertArrived(subject: AlertChannelSubject, alert: Alert): Promise<void> {
  const deliveries = await subject.deliveries(alert.id);
  assert.ok(deliveries.length > 0, 'the alert has not arrived');
  for (const delivered of deliveries) assertSameJson(delivered, alert);
}

function alertOf(fields: Partial<Alert>): Alert {
  return {
    schemaVersion: 1,
    id: `contract-${crypto.randomUUID()}`,
    kind: 'upload.refused',
    severity: 'medium',
    title: 'Upload refused',
    text: 'An upload was refused.',
    occurredAt: '2026-11-21T08:00:00.000Z',
    correlationId: 'a correlation',
    details: {},
    ...fields,
  };
}
