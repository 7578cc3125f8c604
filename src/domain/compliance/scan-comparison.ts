import type { Timestamp } from '../../ports/clock.ts';
import { accountWideTypes, type ResourceRef, type ResourceType } from '../../ports/resource-inventory.ts';
import type { ComplianceResult, EncryptionGrade } from './compliance-check.ts';
import type { ScannedResource } from './inspect-resource.ts';
import type { ScanPage } from './scan-pages.ts';
import { type ScanNumbers, type ScanScope, type ScanUnit, scanUnits } from './scan-progress.ts';
import { isWorse, resultKey, type StandingResult } from './standing-result.ts';

/** Stands for the question whether a unit could be listed, among the ids of checks. */
export const listingCheckId = 'inventory';

/** A failure, or a question without answer, that has ended. */
export interface ResolvedResult extends StandingResult {
  /** `gone`: the resource is not there any more. */
  readonly by: 'pass' | 'gone';
}

export interface CheckTally {
  readonly pass: number;
  /** Exempt ones not among them. */
  readonly fail: number;
  readonly exempt: number;
  readonly indeterminate: number;
}

/** What has changed from one scan to the next. */
export interface ScanChanges {
  /** Failures that were none, or were exempt, before. */
  readonly fresh: readonly StandingResult[];
  /** Failures whose encryption has become weaker. */
  readonly worsened: readonly StandingResult[];
  readonly resolved: readonly ResolvedResult[];
  /** What cannot be judged, and could before. */
  readonly unjudged: readonly StandingResult[];
  /**
   * `stillFailing`: neither new nor worse, exempt ones not counted; among them those that were not seen this time.
   * `notJudged`: what has no answer, in all. `withdrawn`: results of before whose check is not made, or whose place is not
   * scanned, any more.
   */
  readonly numbers: ScanNumbers;
  /** What the next scan is compared with. */
  readonly standing: readonly StandingResult[];
  readonly checks: Readonly<Record<string, CheckTally>>;
  /** How many resources of each type were looked at. */
  readonly resources: Readonly<Partial<Record<ResourceType, number>>>;
  /** How many resources of each type stand at each grade of encryption. */
  readonly grades: Readonly<
    Partial<Record<ResourceType, Readonly<Partial<Record<EncryptionGrade, number>>>>>
  >;
}

/**
 * Compares a scan, page by page, with what the last one left. A failure counts as resolved where the check passes, or
 * where the place that the resource was in was listed whole, without it; what could not be seen stays what it was.
 */
export class ScanComparison {
  readonly #before: Map<string, StandingResult>;
  readonly #arnsBefore = new Map<string, string[]>();
  readonly #startedAt: Timestamp;
  readonly #scope: ScanScope;
  readonly #seen = new Set<string>();
  readonly #unlisted = new Set<string>();
  readonly #standing: StandingResult[] = [];
  readonly #fresh: StandingResult[] = [];
  readonly #worsened: StandingResult[] = [];
  readonly #resolved: ResolvedResult[] = [];
  readonly #unjudged: StandingResult[] = [];
  readonly #checks = new Map<string, { -readonly [Name in keyof CheckTally]: number }>();
  readonly #resources: Partial<Record<ResourceType, number>> = {};
  readonly #grades: Partial<Record<ResourceType, Partial<Record<EncryptionGrade, number>>>> = {};
  #stillFailing = 0;
  #notJudged = 0;
  #exempt = 0;

  constructor(before: Iterable<StandingResult>, startedAt: Timestamp, scope: ScanScope) {
    this.#before = new Map();
    for (const result of before) {
      this.#before.set(resultKey(result.arn, result.checkId), result);
      const checks = this.#arnsBefore.get(result.arn);
      if (checks === undefined) this.#arnsBefore.set(result.arn, [result.checkId]);
      else checks.push(result.checkId);
    }
    this.#startedAt = startedAt;
    this.#scope = scope;
  }

  add({ unit, unlisted, resources }: ScanPage): void {
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
  }

  /** @param isMade Whether the check of that id is (still) made. */
  finish(isMade: (checkId: string) => boolean): ScanChanges {
    const scanned = new Set(scanUnits(this.#scope).map(placeOf));
    let withdrawn = 0;
    for (const result of this.#before.values()) {
      const place = placeOf(result);
      if (result.checkId === listingCheckId) {
        if (!scanned.has(place)) withdrawn += 1;
        else this.#resolved.push({ ...result, by: 'pass' });
      } else if (!isMade(result.checkId) || !scanned.has(place)) withdrawn += 1;
      else if (this.#unlisted.has(place)) this.#carryOver(result);
      else this.#resolved.push({ ...result, by: 'gone' });
    }
    return {
      fresh: this.#fresh,
      worsened: this.#worsened,
      resolved: this.#resolved,
      unjudged: this.#unjudged,
      numbers: {
        new: this.#fresh.length,
        worsened: this.#worsened.length,
        resolved: this.#resolved.length,
        newlyUnjudged: this.#unjudged.length,
        stillFailing: this.#stillFailing,
        notJudged: this.#notJudged,
        exempt: this.#exempt,
        withdrawn,
      },
      standing: this.#standing,
      checks: Object.fromEntries([...this.#checks].sort(([a], [b]) => (a < b ? -1 : 1))),
      resources: this.#resources,
      grades: this.#grades,
    };
  }

  #resource({ resource, state, results }: ScannedResource): void {
    // Listed twice, as happens while an account changes.
    if (this.#seen.has(resource.arn)) return;
    this.#seen.add(resource.arn);
    if (state === 'gone') {
      for (const checkId of this.#arnsBefore.get(resource.arn) ?? []) {
        const result = this.#take(resource.arn, checkId);
        if (result !== undefined) this.#resolved.push({ ...result, by: 'gone' });
      }
      return;
    }
    this.#resources[resource.type] = (this.#resources[resource.type] ?? 0) + 1;
    for (const result of results) this.#result(resource, result);
  }

  #result(resource: ResourceRef, result: Omit<ComplianceResult, 'resource'>): void {
    const { verdict, grade, checkId, exemption } = result;
    const before = this.#take(resource.arn, checkId);
    const isExempt = verdict === 'fail' && exemption !== undefined;
    this.#tally(checkId)[isExempt ? 'exempt' : verdict] += 1;
    if (grade !== undefined) {
      this.#grades[resource.type] ??= {};
      const grades = this.#grades[resource.type] ?? {};
      grades[grade] = (grades[grade] ?? 0) + 1;
    }
    if (verdict === 'pass') {
      if (before !== undefined) this.#resolved.push({ ...before, by: 'pass' });
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
      since: before?.verdict === verdict ? before.since : this.#startedAt,
      exempt: isExempt,
      unseen: false,
    };
    if (verdict === 'indeterminate') this.#cannotTell(standing, before);
    else this.#failure(standing, before);
  }

  #cannotTell(standing: StandingResult, before: StandingResult | undefined): void {
    this.#notJudged += 1;
    // What cannot be seen is not resolved.
    if (before?.verdict === 'fail') {
      this.#carry(before);
      return;
    }
    this.#standing.push(standing);
    if (before === undefined) this.#unjudged.push(standing);
  }

  #failure(standing: StandingResult, before: StandingResult | undefined): void {
    this.#standing.push(standing);
    if (standing.exempt) this.#exempt += 1;
    else if (before?.verdict !== 'fail' || before.exempt) this.#fresh.push(standing);
    else if (isWorse(standing.grade, before.grade)) this.#worsened.push(standing);
    else this.#stillFailing += 1;
  }

  /** What stood in a place that was not listed. */
  #carryOver(before: StandingResult): void {
    this.#notJudged += 1;
    this.#carry(before);
  }

  #carry(before: StandingResult): void {
    this.#standing.push({ ...before, unseen: true });
    if (before.exempt) this.#exempt += 1;
    else if (before.verdict === 'fail') this.#stillFailing += 1;
  }

  #take(arn: string, checkId: string): StandingResult | undefined {
    const key = resultKey(arn, checkId);
    const result = this.#before.get(key);
    this.#before.delete(key);
    return result;
  }

  #tally(checkId: string): { -readonly [Name in keyof CheckTally]: number } {
    const known = this.#checks.get(checkId);
    if (known !== undefined) return known;
    const tally = { pass: 0, fail: 0, exempt: 0, indeterminate: 0 };
    this.#checks.set(checkId, tally);
    return tally;
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
