import { describe, expect, test } from '@jest/globals';
import { chatNotification } from '../../../src/adapters/aws/chat-notification.ts';
import type { Alert } from '../../../src/ports/alert-channel.ts';

const alert: Alert = {
  schemaVersion: 1,
  id: 'alert-1',
  kind: 'trail.match',
  severity: 'high',
  account: '111122223333',
  title: 'A trail changed: StopLogging by user/eve in 111122223333, eu-central-1',
  text: 'A trail changed (rule cis-4.5).\n\nWho: arn:aws:iam::111122223333:user/eve_1',
  occurredAt: '2026-11-21T08:00:00.000Z',
  correlationId: 'window-1',
  details: {},
};

const notification = (fields: Partial<Alert> = {}) => JSON.parse(chatNotification({ ...alert, ...fields }));

describe('an alert in a chat', () => {
  test('has the form of a custom notification', () => {
    expect(notification()).toEqual({
      version: '1.0',
      source: 'custom',
      id: 'alert-1',
      content: {
        textType: 'client-markdown',
        title: 'HIGH: A trail changed: StopLogging by user/eve in 111122223333, eu-central-1',
        description: '```\nA trail changed (rule cis-4.5).\n\nWho: arn:aws:iam::111122223333:user/eve_1\n```',
        keywords: ['high', 'trail.match', '111122223333'],
      },
      metadata: {
        threadId: 'window-1',
        summary: 'A trail changed: StopLogging by user/eve in 111122223333, eu-central-1',
        eventType: 'trail.match',
        additionalContext: {
          severity: 'high',
          occurredAt: '2026-11-21T08:00:00.000Z',
          account: '111122223333',
        },
      },
    });
  });

  test('that has no correlation id is a thread of its own, and one of no account names none', () => {
    const { correlationId: _, account: __, ...bare } = alert;
    const { metadata, content } = JSON.parse(chatNotification(bare));
    expect(metadata.threadId).toBe('alert-1');
    expect(metadata.additionalContext).not.toHaveProperty('account');
    expect(content.keywords).toEqual(['high', 'trail.match']);
  });

  const hostile = '```\n<!channel> <https://evil.example|the console> & `code` @here *bold* _it_ ~no~ [a](b)';
  test('has nothing of its text read as markup, a mention or a link', () => {
    const { content, metadata } = notification({ text: hostile, title: hostile });
    expect(content.description.slice(4, -4)).not.toMatch(/[<>`]/);
    expect(content.description).toMatch(/^```\n[^`]*\n```$/);
    expect(content.title).not.toMatch(/[<>`&*_~[\]|@\n]/);
    expect(metadata.summary).not.toMatch(/[<>`&*_~[\]|@\n]/);
    expect(content.title).toContain('https∶//evil.example');
    expect(metadata.summary).not.toContain('://');
  });

  test('is bounded, whatever the alert holds', () => {
    const { content } = notification({
      text: 'x'.repeat(100_000),
      title: 'y'.repeat(1000),
      severity: 'critical',
    });
    expect(content.description.length).toBeLessThan(3000);
    expect(content.title).toBe(`CRITICAL: ${'y'.repeat(239)}…`);
    expect(content.title).toHaveLength(250);
    expect(content.description).toContain('x…');
  });

  test.each(['', ' \n ', '\u0000'])('always has a title, for %j too', title => {
    expect(notification({ title }).content.title.length).toBeGreaterThan('HIGH: '.length);
  });

  test('holds whole characters alone', () => {
    const text = `\ud800 a \udfff ${'📄'.repeat(500)}`;
    const json = chatNotification({ ...alert, text, title: text, kind: text, id: text, account: text });
    expect(json.isWellFormed()).toBe(true);
    expect(json).not.toMatch(/\\ud[89a-f]/i);
  });
});
