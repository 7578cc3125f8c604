import * as z from 'zod';
import { alertSeverities } from '../../ports/alert-channel.ts';
import type { JsonObject } from '../../ports/json.ts';
import { canonicalTime } from '../kernel/canonical-time.ts';
import { longestList } from './rules-content.ts';

/** Rules of one file. */
export const mostRules = 10_000;

const dayLength = 86_400_000;

/** The last instant that is written with four digits of a year. Whoever means never writes 9999-12-31. */
const lastInstant = Date.parse('9999-12-31T23:59:59.999Z');

function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Text of so many characters: code points, as JSON Schema counts them (JSON Schema Validation 2020-12, 6.3.1). */
function text(most: number) {
  const fits = (given: string) =>
    given.length <= most || (given.length <= 2 * most && [...given].length <= most);
  return z.string().refine(fits, `must have at most ${most} characters`).meta({ maxLength: most });
}

function filledText(most: number) {
  return text(most).min(1, 'must not be empty');
}

const eventName = z
  .string()
  .regex(/^[\x21-\x7e](?:[\x20-\x7e]{0,126}[\x21-\x7e])?$/, 'must be 1 to 128 printable characters of ASCII')
  .describe('A value of eventName, for example StopLogging; case-sensitive.');

const eventNames = z
  .array(eventName)
  .min(1, 'must name at least one event: nothing would ever match')
  .max(longestList, `must hold at most ${longestList} names`);

/** What stands around a record on EventBridge, and never within it. */
export const envelopeFields = /^detail(?:$|-type$|\.)/;

/** Compiled elsewhere, which says more of what is wrong than a schema could. */
const eventPattern = z.custom<JsonObject>(isJsonObject, 'must be an object: an event pattern').meta({
  description:
    'An event pattern of EventBridge over the record itself, which EventBridge carries as detail: {"eventSource":["iam.amazonaws.com"]}',
  $ref: '#/$defs/eventPattern',
  type: 'object',
  propertyNames: { not: { pattern: envelopeFields.source } },
});

const record = z.custom<JsonObject>(isJsonObject, 'must be an object: a CloudTrail record').meta({
  type: 'object',
});

const expiry = z
  .union([z.iso.date(), z.iso.datetime()], {
    error: 'must be a day (2027-01-31) or an instant in UTC (2027-01-31T12:00:00Z)',
  })
  .describe('The last day on which it counts, in UTC, or the instant from which on it counts no more.')
  .transform(text => {
    const end = Date.parse(text) + (text.length === 10 ? dayLength : 0);
    return canonicalTime(new Date(Math.min(end, lastInstant)));
  });

const suppression = z
  .strictObject({
    pattern: eventPattern,
    owner: filledText(256).describe('Who answers for it.'),
    reason: filledText(1000),
    expires: expiry,
  })
  .describe('Matches that are stored and counted, and not announced at once.');

const path = text(256).regex(/^[^\s.]+(?:\.[^\s.]+)*$/, 'must be a path in the record: userIdentity.arn');

/** One rule of a file. */
export const trailRuleSchema = z
  .strictObject({
    id: z
      .string()
      .regex(/^[A-Za-z0-9][\w.:-]{0,127}$/, 'must be 1 to 128 letters, digits and _ . : - after the first'),
    title: filledText(200).optional().describe('What it means when the rule matches, for people.'),
    severity: z.enum(alertSeverities).default('medium'),
    monitoredEvents: eventNames.optional(),
    pattern: eventPattern.optional(),
    references: z
      .array(filledText(500))
      .max(50, 'must hold at most 50 references')
      .default([])
      .describe('Where it says why this matters: addresses of pages, ids of controls.'),
    groupBy: z
      .array(path)
      .max(10, 'must hold at most 10 paths')
      .default([])
      .describe(
        'Paths in the record whose values, beside the account, tell one group of matches from another. Without any, that is the principal.',
      ),
    suppress: z.array(suppression).max(100, 'must hold at most 100 suppressions').default([]),
    examples: z
      .strictObject({
        match: z
          .array(record)
          .max(100, 'must hold at most 100 records')
          .default([])
          .describe('Records that the rule must match.'),
        noMatch: z
          .array(record)
          .max(100, 'must hold at most 100 records')
          .default([])
          .describe('Records that it must not match.'),
      })
      .default({ match: [], noMatch: [] })
      .describe('Checked by sallyport trail rules check.'),
  })
  .refine(({ monitoredEvents, pattern }) => (monitoredEvents === undefined) !== (pattern === undefined), {
    error: 'must hold either monitoredEvents or pattern',
  })
  .meta({ oneOf: [{ required: ['monitoredEvents'] }, { required: ['pattern'] }] });

const sections = {
  $schema: text(500).optional().describe('Address of this schema, for editors.'),
  schemaVersion: z.literal(1).default(1),
  packs: z
    .array(z.string())
    .max(20, 'must hold at most 20 packs')
    .default([])
    .describe(
      'Packs whose rules stand beside those of the file. One of the same id stands in place of the pack’s.',
    ),
  monitoredEvents: eventNames
    .optional()
    .describe('Each name is a rule of its own, under the name as its id.'),
};

function rulesOf<Rule extends z.ZodType>(rule: Rule) {
  return z
    .array(rule)
    .min(1, 'must hold at least one rule: nothing would ever match')
    .max(mostRules, `must hold at most ${mostRules} rules`)
    .optional();
}

function file<Rule extends z.ZodType>(rule: Rule) {
  return z.strictObject({ ...sections, rules: rulesOf(rule) }).refine(hasRules, {
    error: 'holds neither monitoredEvents nor rules nor packs: nothing would ever match',
  });
}

function hasRules({
  packs,
  monitoredEvents,
  rules,
}: {
  packs: string[];
  monitoredEvents?: unknown;
  rules?: unknown;
}) {
  return packs.length > 0 || monitoredEvents !== undefined || rules !== undefined;
}

/** The rules file; published as docs/trail-rules.schema.json. */
export const trailRulesSchema = file(trailRuleSchema).meta({
  title: 'Trail rules',
  description: 'Which CloudTrail records matter, and how much: the rules that sallyport judges records by.',
  anyOf: [
    { required: ['monitoredEvents'] },
    { required: ['rules'] },
    { required: ['packs'], properties: { packs: { type: 'array', minItems: 1 } } },
  ],
});

/** The rules file, but for its rules, which are read one by one. */
export const trailRulesFrame = file(z.unknown());

/** What a rules file holds. */
export type TrailRulesFile = z.input<typeof trailRulesSchema>;

/** A rule as its file has it, with what stands where it says nothing. */
export type TrailRuleEntry = z.output<typeof trailRuleSchema>;

/** The same as it is written. */
export type TrailRuleInput = z.input<typeof trailRuleSchema>;
