import type * as z from 'zod';
import { schemaFaults } from '../kernel/schema-faults.ts';

/**
 * What is wrong with a rules file by its schema, a line each. zod measures whatever has a length, a text for a list too;
 * what is of the wrong type has no size to speak of.
 *
 * @param place Where in the file the value stands; the file itself without it.
 */
export function rulesFileFaults({ issues }: z.ZodError, place?: string): readonly string[] {
  const mistyped = new Set(
    issues.flatMap(({ code, path }) => (code === 'invalid_type' ? [keyOf(path)] : [])),
  );
  const told = issues.filter(
    ({ code, path }) => (code !== 'too_big' && code !== 'too_small') || !mistyped.has(keyOf(path)),
  );
  const before = place === undefined ? [] : [place];
  return schemaFaults({ issues: told.map(issue => ({ ...issue, path: [...before, ...issue.path] })) });
}

function keyOf(path: readonly PropertyKey[]): string {
  return JSON.stringify(path);
}
