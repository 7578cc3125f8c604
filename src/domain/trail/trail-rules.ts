import { createHash } from 'node:crypto';
import * as z from 'zod';
import { alertSeverities } from '../../ports/alert-channel.ts';
import type { JsonObject } from '../../ports/json.ts';
import { printableText } from '../kernel/printable-text.ts';
import { schemaFaults } from '../kernel/schema-faults.ts';
import { type RecordConditions, recordConditionsOf } from './record-conditions.ts';
import type { TrailRule, TrailSuppression } from './trail-rule.ts';

export type { TrailRule, TrailSuppression } from './trail-rule.ts';

/** A compiled rule set. */
export interface TrailRules {
  /** SHA-256 (hex) over the rules: the same for the same rules, however their file is written. */
  readonly hash: string;
  /** In the order of the file. */
  readonly rules: readonly TrailRule[];
  /** The rule of that id. */
  find(id: string): TrailRule | undefined;
  /** Ids of the rules that the record matches, in the order of the rules; empty where none does. */
  match(record: JsonObject): readonly string[];
  /** The suppression of that rule that holds for the record at that time, the first in the file. */
  suppression(ruleId: string, record: JsonObject, now: Date): TrailSuppression | undefined;
  /** What a record must have to match at all. */
  readonly conditions: RecordConditions;
}

/** A rules file cannot be used; `faults` holds one line for each thing that is wrong, with its place. */
export class TrailRulesError extends Error {
  readonly code = 'InvalidTrailRules';
  readonly faults: readonly string[];

  constructor(faults: readonly string[], options?: ErrorOptions) {
    super(`The rules cannot be used:\n${faults.map(fault => `- ${fault}`).join('\n')}`, options);
    this.name = 'TrailRulesError';
    this.faults = faults;
  }
}

const eventName = z
  .string()
  .regex(/^[\x21-\x7e](?:[\x20-\x7e]{0,126}[\x21-\x7e])?$/, 'must be 1 to 128 printable characters of ASCII');

const eventNames = z.array(eventName).min(1, 'must name at least one event: nothing would ever match');

const ruleFile = z
  .strictObject({
    schemaVersion: z.literal(1).default(1),
    /** Each name is a rule of its own, under the name as its id. */
    monitoredEvents: eventNames.optional(),
    rules: z
      .array(
        z.strictObject({
          id: z
            .string()
            .regex(
              /^[A-Za-z0-9][\w.:-]{0,127}$/,
              'must be 1 to 128 letters, digits and _ . : - after the first',
            ),
          title: z
            .string()
            .min(1, 'must not be empty')
            .max(200, 'must have at most 200 characters')
            .optional(),
          severity: z.enum(alertSeverities).default('medium'),
          monitoredEvents: eventNames,
        }),
      )
      .min(1, 'must hold at least one rule: nothing would ever match')
      .optional(),
  })
  .refine(({ monitoredEvents, rules }) => monitoredEvents !== undefined || rules !== undefined, {
    error: 'holds neither monitoredEvents nor rules: nothing would ever match',
  });

/** What a rules file holds. */
export type TrailRulesFile = z.input<typeof ruleFile>;

/**
 * Compiles a rules file.
 *
 * @param file The parsed JSON, or its text or UTF-8 bytes:
 * `{ "monitoredEvents": ["ConsoleLogin", …] }`, where each name is a rule under itself, or
 * `{ "rules": [{ "id", "title"?, "severity"?, "monitoredEvents" }, …] }`, or both. `severity` is `info`, `low`,
 * `medium` (which stands where none is given), `high` or `critical`.
 * @throws {TrailRulesError} naming every unknown key, wrong type, empty list and repeated id.
 *
 * @example
 * compileTrailRules({ monitoredEvents: ['ConsoleLogin'] }).match({ eventName: 'ConsoleLogin' }) // ['ConsoleLogin']
 */
export function compileTrailRules(file: unknown): TrailRules {
  const content = contentOf(file);
  const parsed = ruleFile.safeParse(content, { reportInput: true });
  const faults = [...(parsed.success ? [] : schemaFaults(parsed.error)), ...repeatedIds(content)];
  if (!parsed.success || faults.length > 0) throw new TrailRulesError(faults);
  const { monitoredEvents = [], rules: given = [] } = parsed.data;
  const named = [...new Set(monitoredEvents)].map(
    (name): TrailRule => ({
      id: name,
      title: `CloudTrail event ${name}`,
      severity: 'medium',
      monitoredEvents: [name],
      ...plain,
    }),
  );
  const grouped = given.map(
    ({ title, ...rule }): TrailRule => ({
      ...rule,
      title: title ?? `CloudTrail rule ${rule.id}`,
      monitoredEvents: [...new Set(rule.monitoredEvents)],
      ...plain,
    }),
  );
  return compiled([...named, ...grouped]);
}

const plain = { references: [], groupBy: [], suppress: [] } as const;

/** Ids that stand for more than one rule, told beside whatever else is wrong with the file. */
function repeatedIds(content: unknown): readonly string[] {
  const { monitoredEvents, rules } = (content ?? {}) as { monitoredEvents?: unknown; rules?: unknown };
  const taken = new Set<unknown>(Array.isArray(monitoredEvents) ? monitoredEvents : []);
  if (!Array.isArray(rules)) return [];
  return rules.flatMap((rule: unknown, index) => {
    const id = (rule as { id?: unknown } | null)?.id;
    if (typeof id !== 'string') return [];
    const repeated = taken.has(id);
    taken.add(id);
    return repeated
      ? [`rules[${index}].id: "${printableText(id, 128)}" is the id of another rule already`]
      : [];
  });
}

function compiled(rules: readonly TrailRule[]): TrailRules {
  const byId = new Map(rules.map(rule => [rule.id, rule]));
  const idsByName = new Map<string, string[]>();
  for (const { id, monitoredEvents = [] } of rules) {
    for (const name of monitoredEvents) idsByName.set(name, [...(idsByName.get(name) ?? []), id]);
  }
  const none: readonly string[] = [];
  return {
    hash: createHash('sha256')
      .update(JSON.stringify(rules.map(canonical)), 'utf8')
      .digest('hex'),
    rules,
    find: id => byId.get(id),
    match: ({ eventName: name }) => (typeof name === 'string' ? (idsByName.get(name) ?? none) : none),
    suppression: () => undefined,
    conditions: recordConditionsOf(rules),
  };
}

/** Keys in one order, whatever order the file has them in. */
function canonical({ id, title, severity, monitoredEvents }: TrailRule): readonly unknown[] {
  return [id, title, severity, monitoredEvents ?? []];
}

function contentOf(file: unknown): unknown {
  if (typeof file !== 'string' && !(file instanceof Uint8Array)) return file;
  let text = file;
  if (typeof text !== 'string') {
    try {
      text = new TextDecoder('utf-8', { fatal: true }).decode(text);
    } catch (error) {
      throw new TrailRulesError(['the text is not UTF-8'], { cause: error });
    }
  }
  let content: unknown;
  try {
    content = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    // The rest of the message may quote the text.
    const place = /at position \d+(?: \(line \d+ column \d+\))?/.exec(String(error))?.[0];
    throw new TrailRulesError([`the text is not JSON${place === undefined ? '' : `, ${place}`}`], {
      cause: error,
    });
  }
  // Of two keys of one name, JSON.parse keeps the second without a word: rules would vanish.
  if (keysIn(text) !== keysOf(content)) throw new TrailRulesError(['a key stands twice in one object']);
  return content;
}

/** How many keys stand in a JSON text: strings that a colon follows. */
function keysIn(text: string): number {
  return [...text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)].filter(([, colon]) => colon !== undefined).length;
}

function keysOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce((sum: number, member) => sum + keysOf(member), own);
}
