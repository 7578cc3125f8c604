import type { Timestamp } from '../../ports/clock.ts';
import { accountWideTypes, type ResourceRef, type ResourceType } from '../../ports/resource-inventory.ts';
import type { ComplianceResult, EncryptionGrade } from './compliance-check.ts';
import type { ScannedResource } from './inspect-resource.ts';
import type { ScanPage } from './scan-pages.ts';
import { type ScanNumbers, type ScanScope, type ScanUnit, scanUnits } from './scan-progress.ts';
import { type EndedResult, isWorse, type StandingResult } from './standing-result.ts';

/** Stands for the question whether a unit could be listed, among the ids of checks. */
export const listingCheckId = 'inventory';

export interface CheckTally {
  readonly pass: number;
  /** Exempt ones not among them. */
  readonly fail: number;
  readonly exempt: number;
  readonly indeterminate: number;
}

/** What has changed from one scan to the next. Of each kind the first are named, all are counted. */
export interface ScanChanges {
  /** Failures that were none, or were exempt, before. */
  readonly fresh: readonly StandingResult[];
  /** Failures whose encryption has become weaker. */
  readonly worsened: readonly StandingResult[];
  readonly resolved: readonly EndedResult[];
  /** What cannot be judged, and could before. */
  readonly unjudged: readonly StandingResult[];
  /**
   * `stillFailing`: neither new nor worse, exempt ones not counted; among them those that were not seen this time.
   * `notJudged`: what has no answer, in all. `withdrawn`: results of before whose check is not made, or whose place is not
   * scanned, any more.
   */
  readonly numbers: ScanNumbers;
  readonly checks: Readonly<Record<string, CheckTally>>;
  /** How many resources of each type were looked at. */
  readonly resources: Readonly<Partial<Record<ResourceType, number>>>;
  /** How many resources of each type stand at each grade of encryption. */
  readonly grades: Readonly<
    Partial<Record<ResourceType, Readonly<Partial<Record<EncryptionGrade, number>>>>>
  >;
}

/** What the next scan is compared with, and what has ended; to be stored. */
export interface ComparedResults {
  readonly standing: readonly StandingResult[];
  readonly ended: readonly EndedResult[];
}

export interface ScanComparisonOptions {
  readonly startedAt: Timestamp;
  readonly scope: ScanScope;
  /** Whether the check of that id is (still) made. */
  readonly isMade: (checkId: string) => boolean;
  /** Whether a failure of that check on that resource is exempt. */
  readonly isExempt: (arn: string, checkId: string) => boolean;
}

/** Results of one kind that are named. */
const namedAtMost = 10_000;

/**
 * Compares a scan, page by page, with what the last one left. A failure counts as resolved where the check passes, or
 * where the place that the resource was in was listed whole, without it; what could not be seen stays what it was.
 */
export class ScanComparison {
  readonly #options: ScanComparisonOptions;
  readonly #before = new Map<string, StandingResult[]>();
  readonly #texts = new Map<string, string>();
  readonly #seen = new Set<string>();
  readonly #unlisted = new Set<string>();
  readonly #listed = new Set<string>();
  #standing: StandingResult[] = [];
  #ended: EndedResult[] = [];
  readonly #fresh = new Named<StandingResult>();
  readonly #worsened = new Named<StandingResult>();
  readonly #resolved = new Named<EndedResult>();
  readonly #unjudged = new Named<StandingResult>();
  readonly #checks = new Map<string, { -readonly [Name in keyof CheckTally]: number }>();
  readonly #resources: Partial<Record<ResourceType, number>> = {};
  readonly #grades: Partial<Record<ResourceType, Partial<Record<EncryptionGrade, number>>>> = {};
  #stillFailing = 0;
  #notJudged = 0;
  #exempt = 0;
  #withdrawn = 0;

  constructor(options: ScanComparisonOptions) {
    this.#options = options;
  }

  /** Takes in a result that the last scan left; all of them before the first page. */
  expect(result: StandingResult): void {
    const { arn, account, region, checkId, explanation, since } = result;
    const kept = {
      ...result,
      account: this.#shared(account),
      region: this.#shared(region),
      checkId: this.#shared(checkId),
      explanation: this.#shared(explanation),
      since: this.#shared(since),
    };
    const ofResource = this.#before.get(arn);
    if (ofResource === undefined) this.#before.set(arn, [kept]);
    else ofResource.push(kept);
  }

  /** Compares a page. @returns what is to be stored of it. */
  add({ unit, unlisted, skipped, resources }: ScanPage): ComparedResults {
    if (skipped !== true) this.#listed.add(placeOf(unit));
    if (unlisted !== undefined) {
      this.#unlisted.add(placeOf(unit));
      const { reason, api, code } = unlisted;
      this.#result(unitAsResource(unit), {
        checkId: listingCheckId,
        verdict: 'indeterminate',
        explanation: `Cannot be listed: ${reason} (${api}, ${code}).`,
      });
    }
    for (const scanned of resources) this.#resource(scanned);
    return this.#take();
  }

  /** Goes through what no page has told of. */
  finish(): { readonly changes: ScanChanges; readonly results: ComparedResults } {
    const scanned = new Set(scanUnits(this.#options.scope).map(placeOf));
    for (const results of this.#before.values()) {
      for (const result of results) this.#missing(result, scanned);
    }
    const changes = {
      fresh: this.#fresh.first,
      worsened: this.#worsened.first,
      resolved: this.#resolved.first,
      unjudged: this.#unjudged.first,
      numbers: {
        new: this.#fresh.count,
        worsened: this.#worsened.count,
        resolved: this.#resolved.count,
        newlyUnjudged: this.#unjudged.count,
        stillFailing: this.#stillFailing,
        notJudged: this.#notJudged,
        exempt: this.#exempt,
        withdrawn: this.#withdrawn,
      },
      checks: Object.fromEntries([...this.#checks].sort(([a], [b]) => (a < b ? -1 : 1))),
      resources: this.#resources,
      grades: this.#grades,
    };
    return { changes, results: this.#take() };
  }

  /** A result of before, of a resource or a place that no page has told of. */
  #missing(result: StandingResult, scanned: ReadonlySet<string>): void {
    const place = placeOf(result);
    const isAsked =
      result.checkId === listingCheckId ? this.#listed.has(place) : this.#options.isMade(result.checkId);
    if (!isAsked || !scanned.has(place)) this.#end(result, 'withdrawn');
    else if (result.checkId === listingCheckId) this.#end(result, 'pass');
    else if (this.#unlisted.has(place)) {
      this.#notJudged += 1;
      this.#carry(result);
    } else this.#end(result, 'gone');
  }

  #resource({ resource, state, results }: ScannedResource): void {
    // Listed twice, as happens while an account changes.
    if (this.#seen.has(resource.arn)) return;
    this.#seen.add(resource.arn);
    if (state === 'gone') {
      for (const result of this.#before.get(resource.arn) ?? []) this.#end(result, 'gone');
      this.#before.delete(resource.arn);
      return;
    }
    this.#resources[resource.type] = (this.#resources[resource.type] ?? 0) + 1;
    for (const result of results) this.#result(resource, result);
  }

  #result(resource: ResourceRef, result: Omit<ComplianceResult, 'resource'>): void {
    const { verdict, grade, checkId, exemption } = result;
    const before = this.#takeBefore(resource.arn, checkId);
    const isExempt = verdict === 'fail' && exemption !== undefined;
    this.#tally(checkId)[isExempt ? 'exempt' : verdict] += 1;
    if (grade !== undefined) this.#count(resource.type, grade);
    if (verdict === 'pass') {
      if (before !== undefined) this.#end(before, 'pass');
      return;
    }
    const standing: StandingResult = {
      arn: resource.arn,
      type: resource.type,
      account: resource.account,
      region: resource.region,
      name: resource.name,
      checkId,
      verdict,
      ...(grade === undefined ? {} : { grade }),
      explanation: result.explanation,
      ...(result.remedy === undefined ? {} : { remedy: result.remedy }),
      since: before?.verdict === verdict ? before.since : this.#options.startedAt,
      exempt: isExempt,
      unseen: false,
    };
    if (verdict === 'indeterminate') this.#cannotTell(standing, before);
    else this.#failure(standing, before);
  }

  #cannotTell(standing: StandingResult, before: StandingResult | undefined): void {
    this.#notJudged += 1;
    // What cannot be seen is not resolved.
    if (before?.verdict === 'fail') this.#carry(before);
    else this.#standing.push(standing);
    // That it cannot be seen any more is told, and told once.
    if (before === undefined || (before.verdict === 'fail' && !before.unseen)) this.#unjudged.add(standing);
  }

  #failure(standing: StandingResult, before: StandingResult | undefined): void {
    this.#standing.push(standing);
    if (standing.exempt) this.#exempt += 1;
    else if (before?.verdict !== 'fail' || before.exempt) this.#fresh.add(standing);
    else if (isWorse(standing.grade, before.grade)) this.#worsened.add(standing);
    else this.#stillFailing += 1;
  }

  /** Keeps what could not be seen as it was, but for an exemption that has expired meanwhile. */
  #carry(before: StandingResult): void {
    const isFailure = before.verdict === 'fail';
    const exempt = isFailure && this.#options.isExempt(before.arn, before.checkId);
    const carried = { ...before, exempt, unseen: true };
    this.#standing.push(carried);
    if (exempt) this.#exempt += 1;
    else if (before.exempt) this.#fresh.add(carried);
    else if (isFailure) this.#stillFailing += 1;
  }

  #end(result: StandingResult, by: EndedResult['by']): void {
    const ended = { ...result, by };
    this.#ended.push(ended);
    if (by === 'withdrawn') this.#withdrawn += 1;
    else this.#resolved.add(ended);
  }

  #take(): ComparedResults {
    const results = { standing: this.#standing, ended: this.#ended };
    this.#standing = [];
    this.#ended = [];
    return results;
  }

  #takeBefore(arn: string, checkId: string): StandingResult | undefined {
    const results = this.#before.get(arn);
    const index = results?.findIndex(result => result.checkId === checkId) ?? -1;
    if (results === undefined || index === -1) return undefined;
    const [result] = results.splice(index, 1);
    if (results.length === 0) this.#before.delete(arn);
    return result;
  }

  #tally(checkId: string): { -readonly [Name in keyof CheckTally]: number } {
    const known = this.#checks.get(checkId);
    if (known !== undefined) return known;
    const tally = { pass: 0, fail: 0, exempt: 0, indeterminate: 0 };
    this.#checks.set(checkId, tally);
    return tally;
  }

  #count(type: ResourceType, grade: EncryptionGrade): void {
    this.#grades[type] ??= {};
    const grades = this.#grades[type] ?? {};
    grades[grade] = (grades[grade] ?? 0) + 1;
  }

  /** Hundreds of thousands of results share few texts: each is held once. */
  #shared(text: string): string {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    if (this.#texts.size < namedAtMost) this.#texts.set(text, text);
    return text;
  }
}

/** The first results of a kind, and how many there are. */
class Named<Result> {
  readonly first: Result[] = [];
  count = 0;

  add(result: Result): void {
    this.count += 1;
    if (this.first.length < namedAtMost) this.first.push(result);
  }
}

/** The place that a resource is listed with. */
function placeOf({ account, region, type }: Pick<ScanUnit, 'account' | 'region' | 'type'>): string {
  const isWide = accountWideTypes.some(wide => wide === type);
  return isWide ? `${account} ${type}` : `${account} ${region} ${type}`;
}

function unitAsResource(unit: ScanUnit): ResourceRef {
  return { ...unit, arn: `inventory:${placeOf(unit).replaceAll(' ', ':')}`, name: unit.type };
}
