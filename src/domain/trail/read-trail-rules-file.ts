import type { JsonObject } from '../../ports/json.ts';
import { printableText } from '../kernel/printable-text.ts';
import { schemaFaults } from '../kernel/schema-faults.ts';
import { compileEventPattern, type EventPattern } from './event-pattern/compile-event-pattern.ts';
import { isEventPatternError } from './event-pattern/event-pattern-error.ts';
import { trailRulePacks } from './rule-packs.ts';
import { rulesContent } from './rules-content.ts';
import type { TrailRule, TrailSuppression } from './trail-rule.ts';
import { TrailRulesError } from './trail-rules-error.ts';
import { mostRules, type TrailRuleEntry, trailRuleSchema, trailRulesFrame } from './trail-rules-file.ts';

/** A rule of a file, with its patterns compiled. */
export interface ReadTrailRule {
  readonly rule: TrailRule;
  readonly matches: (record: JsonObject) => boolean;
  readonly suppressions: readonly ReadSuppression[];
  readonly examples: TrailRuleEntry['examples'];
}

export interface ReadSuppression {
  readonly suppression: TrailSuppression;
  readonly pattern: EventPattern;
}

/** Faults that are named one by one. */
const mostFaults = 50;

/** Faults as they are found; what is beyond the last that is named is not looked for. */
class Faults {
  readonly #lines: string[] = [];

  get areEnough(): boolean {
    return this.#lines.length > mostFaults;
  }

  add(lines: readonly string[]): void {
    this.#lines.push(...lines);
  }

  assertNone(): void {
    if (this.#lines.length === 0) return;
    const named = this.#lines.slice(0, mostFaults);
    throw new TrailRulesError(this.areEnough ? [...named, '… and more'] : named);
  }
}

/**
 * Reads a rules file and compiles its patterns. The rules of packs come first, then the monitored names, then the rules
 * of the file.
 *
 * @param file The value, or its JSON as text or UTF-8 bytes.
 * @throws {TrailRulesError} naming what is wrong, with its place.
 */
export function readTrailRulesFile(file: unknown): readonly ReadTrailRule[] {
  const content = rulesContent(file);
  const faults = new Faults();
  const frame = trailRulesFrame.safeParse(content, { reportInput: true });
  if (!frame.success) faults.add(schemaFaults(frame.error));
  const { packs, monitoredEvents, rules } = sectionsOf(content);
  faults.add(unknownPacks(packs));
  const own = rules.flatMap((rule, index) => readRule(rule, `rules[${index}]`, faults) ?? []);
  faults.add(repeatedIds(monitoredEvents, rules));
  faults.assertNone();

  const given = [...new Set(monitoredEvents)].map(ruleOfName).concat(own);
  const replaced = new Set(given.map(({ rule }) => rule.id));
  const packed = packs.flatMap(rulesOfPack).filter(({ rule }) => !replaced.has(rule.id));
  const all = [...packed, ...given];
  if (all.length > mostRules) {
    throw new TrailRulesError([`holds ${all.length} rules, and may hold ${mostRules}`]);
  }
  return all;
}

interface Sections {
  readonly packs: readonly string[];
  readonly monitoredEvents: readonly string[];
  readonly rules: readonly unknown[];
}

/** The sections as far as they are there, whatever else is wrong with the file. */
function sectionsOf(content: unknown): Sections {
  const { packs, monitoredEvents, rules } = (content ?? {}) as { readonly [section: string]: unknown };
  const textsOf = (list: unknown) => listOf(list).filter(element => typeof element === 'string');
  return { packs: textsOf(packs), monitoredEvents: textsOf(monitoredEvents), rules: listOf(rules) };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function unknownPacks(packs: readonly string[]): readonly string[] {
  const there = Object.keys(trailRulePacks).join(', ');
  return packs.flatMap((name, index) =>
    Object.hasOwn(trailRulePacks, name)
      ? []
      : [`packs[${index}]: "${printableText(name, 128)}" is no pack: there is ${there}`],
  );
}

function rulesOfPack(name: string): readonly ReadTrailRule[] {
  return readTrailRulesFile(trailRulePacks[name]);
}

function ruleOfName(name: string): ReadTrailRule {
  return {
    rule: {
      id: name,
      title: `CloudTrail event ${name}`,
      severity: 'medium',
      monitoredEvents: [name],
      references: [],
      groupBy: [],
      suppress: [],
    },
    matches: matchesNames([name]),
    suppressions: [],
    examples: { match: [], noMatch: [] },
  };
}

function readRule(content: unknown, place: string, faults: Faults): ReadTrailRule | undefined {
  if (faults.areEnough) return undefined;
  const parsed = trailRuleSchema.safeParse(content, { reportInput: true });
  if (!parsed.success) {
    faults.add(
      schemaFaults({
        issues: parsed.error.issues.map(issue => ({ ...issue, path: [place, ...issue.path] })),
      }),
    );
    return undefined;
  }
  const { id, severity, references, groupBy, examples, title = `CloudTrail rule ${id}` } = parsed.data;
  const { monitoredEvents, pattern } = parsed.data;
  const suppress = parsed.data.suppress;
  const compiled = pattern && compilePattern(pattern, `${place}.pattern`, faults);
  const suppressions = suppress.flatMap((suppression, index) => {
    const suppressing = compilePattern(suppression.pattern, `${place}.suppress[${index}].pattern`, faults);
    return suppressing === undefined ? [] : [{ suppression, pattern: suppressing }];
  });
  const rule = {
    ...{ id, title, severity, references, groupBy, suppress },
    ...(monitoredEvents === undefined ? {} : { monitoredEvents: [...new Set(monitoredEvents)] }),
    ...(pattern === undefined ? {} : { pattern }),
  };
  const matches =
    compiled === undefined
      ? matchesNames(monitoredEvents ?? [])
      : (record: JsonObject) => compiled.matches(record);
  return { rule, matches, suppressions, examples };
}

function matchesNames(names: readonly string[]): ReadTrailRule['matches'] {
  const monitored = new Set(names);
  return ({ eventName }) => typeof eventName === 'string' && monitored.has(eventName);
}

function compilePattern(pattern: JsonObject, place: string, faults: Faults): EventPattern | undefined {
  try {
    return compileEventPattern(pattern);
  } catch (error) {
    if (!isEventPatternError(error)) throw error;
    const path = error.path === '' || error.path.startsWith('[') ? error.path : `.${error.path}`;
    faults.add([`${place}${path}: ${error.reason}`]);
    return undefined;
  }
}

/** Ids that stand for more than one rule, told beside whatever else is wrong with the file. */
function repeatedIds(monitoredEvents: readonly string[], rules: readonly unknown[]): readonly string[] {
  const taken = new Set<unknown>(monitoredEvents);
  return rules.flatMap((rule, index) => {
    const id = (rule as { id?: unknown } | null)?.id;
    if (typeof id !== 'string') return [];
    const repeated = taken.has(id);
    taken.add(id);
    return repeated
      ? [`rules[${index}].id: "${printableText(id, 128)}" is the id of another rule already`]
      : [];
  });
}
