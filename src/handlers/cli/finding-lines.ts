import type { GuardDutyFinding } from '../../domain/findings/guard-duty-finding.ts';
import type { FindingFault } from '../../domain/findings/read-finding.ts';
import type { RemediationPlan } from '../../domain/findings/remediation-plan.ts';
import { printableText } from '../../domain/kernel/printable-text.ts';
import { printableJson } from './printable-json.ts';
import { printablePath } from './printable-path.ts';

/** Where a finding was read. */
export interface FindingPlace {
  readonly file: string;
  /** Its place in a file of several, from 0. */
  readonly index?: number;
}

/** What is written of a finding, without a line feed at the end. */
export interface FindingLines {
  planned(place: FindingPlace, finding: GuardDutyFinding, plan: RemediationPlan): string;
  refused(place: FindingPlace, error: string): string;
}

/** One line of JSON. */
export const findingLinesAsJson: FindingLines = {
  planned: (place, { id: findingId, type, severity, sample }, plan) => {
    const { disposition, outcome, steps, notes, manual } = plan;
    return printableJson({
      ...place,
      id: findingId,
      type,
      severity,
      disposition,
      outcome,
      sample,
      steps: steps.map(({ id, api, input, precondition, inverse = null, reversible }) => ({
        id,
        api,
        input,
        precondition,
        inverse,
        reversible,
      })),
      notes,
      manual,
    });
  },
  refused: (place, error) => printableJson({ ...place, outcome: 'failed', error }),
};

/** Lines for people. */
export const findingLinesAsText: FindingLines = {
  planned: (place, { type, severity, sample }, plan) => {
    const { disposition, outcome, steps, notes, manual } = plan;
    const width = Math.max(0, ...steps.map(({ api }) => api.length));
    return [
      `${outcome.padEnd(13)}${placeText(place)}`,
      `  ${type}, severity ${severity}${sample ? ', a sample' : ''}: ${disposition}`,
      ...notes.map(({ code, explanation }) => `  ${code}: ${explanation}`),
      ...steps.map(
        ({ api, does, inverse }, index) =>
          `  ${String(index + 1).padStart(2)}. ${api.padEnd(width)}  ${does}${inverse === undefined ? ' No way back: evidence.' : ''}`,
      ),
      ...(manual.length === 0
        ? []
        : ['  By hand:', ...manual.map(step => `    ${printableText(step, 2000)}`)]),
    ].join('\n');
  },
  refused: (place, error) => `${'failed'.padEnd(13)}${placeText(place)}\n  ${error}`,
};

/** What is wrong with a finding: fields and reasons, none of their values. */
export function errorOf(faults: readonly FindingFault[]): string {
  return faults.map(({ field, reason }) => `${field} ${reason}`).join('; ');
}

function placeText({ file, index }: FindingPlace): string {
  return `${printablePath(file)}${index === undefined ? '' : ` [${index}]`}`;
}
