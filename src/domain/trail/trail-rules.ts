import { createHash } from 'node:crypto';
import * as z from 'zod';
import { type AlertSeverity, alertSeverities } from '../../ports/alert-channel.ts';
import type { JsonObject } from '../../ports/json.ts';
import { printableText } from '../kernel/printable-text.ts';

/** One thing to watch for. */
export interface TrailRule {
  readonly id: string;
  /** What it means when the rule matches, for people. */
  readonly title: string;
  readonly severity: AlertSeverity;
  /** Values of a record's `eventName`, case-sensitive, any of which matches. */
  readonly monitoredEvents: readonly string[];
}

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

const ruleFile = z.strictObject({
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
        title: z.string().min(1).max(200),
        severity: z.enum(alertSeverities).default('medium'),
        monitoredEvents: eventNames,
      }),
    )
    .min(1, 'must hold at least one rule: nothing would ever match')
    .optional(),
});

/** What a rules file holds. */
export type TrailRulesFile = z.input<typeof ruleFile>;

/**
 * Compiles a rules file.
 *
 * @param file The parsed JSON, or its text or UTF-8 bytes:
 * `{ "monitoredEvents": ["ConsoleLogin", …] }`, where each name is a rule under itself, or
 * `{ "rules": [{ "id", "title", "severity"?, "monitoredEvents" }, …] }`, or both. `severity` is `info`, `low`,
 * `medium` (which stands where none is given), `high` or `critical`.
 * @throws {TrailRulesError} naming every unknown key, wrong type, empty list and repeated id.
 *
 * @example
 * compileTrailRules({ monitoredEvents: ['ConsoleLogin'] }).match({ eventName: 'ConsoleLogin' }) // ['ConsoleLogin']
 */
export function compileTrailRules(file: unknown): TrailRules {
  const parsed = ruleFile.safeParse(contentOf(file));
  if (!parsed.success) throw new TrailRulesError(parsed.error.issues.map(faultOf));
  const { monitoredEvents = [], rules: given = [] } = parsed.data;
  const named = [...new Set(monitoredEvents)].map(
    (name): TrailRule => ({
      id: name,
      title: `CloudTrail event ${name}`,
      severity: 'medium',
      monitoredEvents: [name],
    }),
  );
  const rules = [
    ...named,
    ...given.map(rule => ({ ...rule, monitoredEvents: [...new Set(rule.monitoredEvents)] })),
  ];
  if (rules.length === 0) {
    throw new TrailRulesError(['file: holds neither monitoredEvents nor rules: nothing would ever match']);
  }
  return compiled(rules);
}

function compiled(rules: readonly TrailRule[]): TrailRules {
  const byId = new Map<string, TrailRule>();
  const idsByName = new Map<string, string[]>();
  for (const rule of rules) {
    if (byId.has(rule.id)) {
      throw new TrailRulesError([`rules: the id ${JSON.stringify(rule.id)} stands for more than one rule`]);
    }
    byId.set(rule.id, rule);
    for (const name of rule.monitoredEvents) idsByName.set(name, [...(idsByName.get(name) ?? []), rule.id]);
  }
  const none: readonly string[] = [];
  return {
    hash: createHash('sha256')
      .update(JSON.stringify(rules.map(canonical)), 'utf8')
      .digest('hex'),
    rules,
    find: id => byId.get(id),
    match: ({ eventName }) => (typeof eventName === 'string' ? (idsByName.get(eventName) ?? none) : none),
  };
}

/** Keys in one order, whatever order the file has them in. */
function canonical({ id, title, severity, monitoredEvents }: TrailRule): readonly unknown[] {
  return [id, title, severity, monitoredEvents];
}

function contentOf(file: unknown): unknown {
  if (typeof file !== 'string' && !(file instanceof Uint8Array)) return file;
  try {
    const text = typeof file === 'string' ? file : new TextDecoder('utf-8', { fatal: true }).decode(file);
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    throw new TrailRulesError(['file: is not JSON in UTF-8'], { cause: error });
  }
}

function faultOf(issue: z.core.$ZodIssue): string {
  const place = issue.path
    .map(part => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('');
  const where = place === '' ? 'file' : printableText(place.replace(/^\./, ''));
  if (issue.code !== 'unrecognized_keys') return `${where}: ${printableText(issue.message)}`;
  const keys = issue.keys.map(key => `"${printableText(key, 100)}"`).join(', ');
  return `${where}: unknown key${issue.keys.length === 1 ? '' : 's'} ${keys}`;
}
