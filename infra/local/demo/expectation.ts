import type { LocalPipeline } from '../local-pipeline.ts';

/** One thing that must be so at the end. */
export interface Expectation {
  readonly what: string;
  readonly expected: number;
  readonly found: number;
  /** What it consists of, for people. */
  readonly details: readonly string[];
}

export function expectation(
  what: string,
  expected: number,
  found: number,
  details: readonly string[] = [],
): Expectation {
  return { what, expected, found, details };
}

/** The sum of a metric over all functions, or over one. */
export function sumOf(pipeline: Pick<LocalPipeline, 'metrics'>, wanted: string, service?: string): number {
  return pipeline
    .metrics()
    .filter(
      ({ name, dimensions }) =>
        name === wanted && (service ?? dimensions['service']) === dimensions['service'],
    )
    .reduce((sum, total) => sum + total.sum, 0);
}
