import type { JsonObject } from '../../ports/json.ts';
import { printableText } from '../kernel/printable-text.ts';
import { compileEventPattern } from './event-pattern/compile-event-pattern.ts';
import { isEventPatternError } from './event-pattern/event-pattern-error.ts';
import { type PatternAlternative, parseEventPattern } from './event-pattern/parse-event-pattern.ts';
import { trailRulePacks } from './rule-packs.ts';
import { rulesContent } from './rules-content.ts';
import { rulesFileFaults } from './rules-file-faults.ts';
import type { TrailRule, TrailSuppression } from './trail-rule.ts';
import { TrailRulesError } from './trail-rules-error.ts';
import {
  envelopeFields,
  mostRules,
  type TrailRuleEntry,
  trailRuleSchema,
  trailRulesFrame,
} from './trail-rules-file.ts';

/** A rule of a file, with its patterns compiled. */
export interface ReadTrailRule {
  readonly rule: TrailRule;
  /** Of its pattern; empty where it has monitored names. */
  readonly alternatives: readonly PatternAlternative[];
  readonly matches: (record: JsonObject) => boolean;
  readonly suppressions: readonly ReadSuppression[];
  readonly examples: TrailRuleEntry['examples'];
}

export interface ReadSuppression {
  readonly suppression: TrailSuppression;
  readonly matches: (record: JsonObject) => boolean;
}

/** Faults that are named one by one. */
const mostFaults = 50;

/** Alternatives of all patterns of a file: a short text can stand for very many. */
const mostAlternatives = 50_000;

/** The fields of each alternative, counted together: a field beside a `$or` is one of all of its branches. */
const mostFields = 500_000;

/** Faults as they are found, and what the file has used up; nothing is looked for behind the last fault that is named. */
class Reading {
  readonly #lines: string[] = [];
  #alternatives = 0;
  #fields = 0;

  get areEnough(): boolean {
    return this.#lines.length > mostFaults;
  }

  add(lines: readonly string[]): void {
    this.#lines.push(...lines);
  }

  /** @throws {TrailRulesError} at once, before what is too much is compiled. */
  countAlternatives(alternatives: readonly PatternAlternative[], place: string): void {
    this.#alternatives += alternatives.length;
    this.#fields += alternatives.reduce((sum, { size }) => sum + size, 0);
    if (this.#alternatives > mostAlternatives) {
      this.add([`${place}: with it, the patterns have more than ${mostAlternatives} alternatives ($or)`]);
      this.assertNone();
    }
    if (this.#fields > mostFields) {
      this.add([`${place}: with it, the patterns have more than ${mostFields} fields in all alternatives`]);
      this.assertNone();
    }
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
  const reading = new Reading();
  const frame = trailRulesFrame.safeParse(content, { reportInput: true });
  if (!frame.success) reading.add(rulesFileFaults(frame.error));
  const { packs, monitoredEvents, rules } = sectionsOf(content);
  reading.add(unknownPacks(packs));
  const own = rules.flatMap((rule, index) => readRule(rule, `rules[${index}]`, reading) ?? []);
  reading.add(repeatedIds(monitoredEvents, rules));
  reading.assertNone();

  const given = [...new Set(monitoredEvents)].map(ruleOfName).concat(own);
  const replaced = new Set(given.map(({ rule }) => rule.id));
  const packed = [...new Set(packs)].flatMap(rulesOfPack).filter(({ rule }) => !replaced.has(rule.id));
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
    alternatives: [],
    matches: matchesNames([name]),
    suppressions: [],
    examples: { match: [], noMatch: [] },
  };
}

function readRule(content: unknown, place: string, reading: Reading): ReadTrailRule | undefined {
  if (reading.areEnough) return undefined;
  const parsed = trailRuleSchema.safeParse(content, { reportInput: true });
  if (!parsed.success) {
    reading.add(rulesFileFaults(parsed.error, place));
    return undefined;
  }
  const { id, severity, references, groupBy, examples, title = `CloudTrail rule ${id}` } = parsed.data;
  const { monitoredEvents, pattern } = parsed.data;
  const suppress = parsed.data.suppress;
  const compiled = pattern && compilePattern(pattern, `${place}.pattern`, reading);
  const suppressions = suppress.flatMap((suppression, index) => {
    const suppressing = compilePattern(suppression.pattern, `${place}.suppress[${index}].pattern`, reading);
    return suppressing === undefined ? [] : [{ suppression, matches: suppressing.matches }];
  });
  const rule = {
    ...{ id, title, severity, references, groupBy, suppress },
    ...(monitoredEvents === undefined ? {} : { monitoredEvents: [...new Set(monitoredEvents)] }),
    ...(pattern === undefined ? {} : { pattern }),
  };
  const { alternatives, matches } = compiled ?? {
    alternatives: [],
    matches: matchesNames(monitoredEvents ?? []),
  };
  return { rule, alternatives, matches, suppressions, examples };
}

function matchesNames(names: readonly string[]): ReadTrailRule['matches'] {
  const monitored = new Set(names);
  return ({ eventName }) => typeof eventName === 'string' && monitored.has(eventName);
}

function compilePattern(
  pattern: JsonObject,
  place: string,
  reading: Reading,
): Pick<ReadTrailRule, 'alternatives' | 'matches'> | undefined {
  try {
    const { alternatives } = parseEventPattern(pattern);
    reading.countAlternatives(alternatives, place);
    reading.add(envelopeFaults(pattern, place));
    const compiled = compileEventPattern(pattern);
    return { alternatives, matches: record => compiled.matches(record) };
  } catch (error) {
    if (!isEventPatternError(error)) throw error;
    const path = error.path === '' || error.path.startsWith('[') ? error.path : `.${error.path}`;
    reading.add([`${place}${path}: ${error.reason}`]);
    return undefined;
  }
}

/** A pattern of EventBridge as it stands there would never match a record, without a word. */
function envelopeFaults(pattern: JsonObject, place: string): readonly string[] {
  return Object.keys(pattern).some(name => envelopeFields.test(name))
    ? [`${place}: no record has detail or detail-type: write what stands under detail, and nothing around it`]
    : [];
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
