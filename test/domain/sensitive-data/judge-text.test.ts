import { describe, expect, test } from '@jest/globals';
import { judgeText, UnknownKindError } from '../../../src/domain/sensitive-data/judge-text.ts';
import type { TextSegment, UnscannablePart } from '../../../src/ports/text-extractor.ts';

const card = '4111 1111 1111 1111';
const iban = 'GB29 NWBK 6016 1331 9268 19';
const text = (segments: readonly (string | TextSegment)[], unscannable: UnscannablePart[] = []) => ({
  segments: segments.map(it => (typeof it === 'string' ? { text: it } : it)),
  unscannable,
});
const image: UnscannablePart = { reason: 'image-only', page: 3, explanation: 'the page holds an image only' };

describe('a text is', () => {
  test('compliant, where nothing was found and all was read', () =>
    expect(judgeText(text(['Dear Ann,']))).toEqual({
      verdict: 'compliant',
      reasons: [],
      findings: [],
      counts: {},
    }));

  test('non-compliant with a card number, also where a part was not read', () => {
    const { verdict, reasons } = judgeText(text([card], [image]));
    expect(verdict).toBe('non-compliant');
    expect(reasons.map(({ code }) => code)).toEqual(['payment-card', 'unscannable-image-only']);
  });

  test('indeterminate, where a part was not read', () =>
    expect(judgeText(text(['Dear Ann,'], [image]))).toMatchObject({
      verdict: 'indeterminate',
      reasons: [
        { code: 'unscannable-image-only', explanation: expect.stringMatching(/^page 3 was not read: /) },
      ],
    }));

  test('compliant with a kind that is reported only, and non-compliant where the policy blocks it', () => {
    expect(judgeText(text([iban]))).toMatchObject({
      verdict: 'compliant',
      reasons: [{ code: 'iban', explanation: expect.stringContaining('reported only') }],
      counts: { iban: 1 },
    });
    expect(judgeText(text([iban]), { blockingKinds: ['iban'] }).verdict).toBe('non-compliant');
    expect(judgeText(text([card]), { blockingKinds: ['iban'] }).verdict).toBe('compliant');
  });
});

test('a number that runs over the border of two segments is found, placed where it begins', () => {
  const { findings } = judgeText(
    text([
      { text: 'page one 4111 11', page: 1 },
      { text: '11 1111 1111 ends', page: 2, part: 'body' },
      `, ${card}`,
    ]),
  );
  expect(findings).toMatchObject([
    { kind: 'payment-card', start: 9, end: 28, page: 1 },
    { kind: 'payment-card', start: 35, end: 54 },
  ]);
  expect(findings[0]).not.toHaveProperty('part');
  expect(findings[1]).not.toHaveProperty('page');
});

test('findings are bounded, and all are counted', () => {
  const { findings, counts } = judgeText(text([Array.from({ length: 30 }, () => card).join('\n')]), {
    mostFindings: 7,
  });
  expect(findings).toHaveLength(7);
  expect(counts).toEqual({ 'payment-card': 30 });
});

test('of many unread parts the first ones are named, the others counted', () => {
  const { reasons } = judgeText(
    text(
      [],
      Array.from({ length: 50 }, () => image),
    ),
  );
  expect(reasons).toHaveLength(21);
  expect(reasons.at(-1)).toEqual({ code: 'unscannable-more', explanation: '30 more parts were not read' });
});

test('a part that is no page is named by its name', () => {
  const part: UnscannablePart = {
    reason: 'unsupported',
    part: 'embeddings/a.bin',
    explanation: 'an OLE object',
  };
  expect(judgeText(text([], [part])).reasons[0]?.explanation).toBe(
    'embeddings/a.bin was not read: an OLE object',
  );
  expect(judgeText(text([], [{ reason: 'broken', explanation: 'cut' }])).reasons[0]?.explanation).toBe(
    'the document was not read: cut',
  );
});

test('a kind that is not looked for cannot be blocked: misspelt, it would let everything pass', () => {
  expect(() => judgeText(text([card]), { blockingKinds: ['payment_card'] })).toThrow(UnknownKindError);
  expect(() => judgeText(text([card]), { blockingKinds: ['payment-card'], kinds: [] })).toThrow(
    /"payment-card"/,
  );
  expect(judgeText(text([card]), { kinds: [] }).verdict).toBe('compliant');
});
