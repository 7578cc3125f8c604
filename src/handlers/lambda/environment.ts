import * as z from 'zod';

/** The environment of a function does not meet its schema. Names variables, never their values. */
export class EnvironmentError extends Error {
  readonly code = 'InvalidEnvironment';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`The environment is not usable:\n${faults.map(fault => `- ${fault}`).join('\n')}`);
    this.name = 'EnvironmentError';
    this.faults = faults;
  }
}

/**
 * Reads the variables that `schema` names.
 *
 * @throws {EnvironmentError} listing every missing and malformed variable at once.
 */
export function readEnvironment<Schema extends z.ZodObject>(
  schema: Schema,
  variables: Readonly<Record<string, string | undefined>>,
): z.infer<Schema> {
  const parsed = z.safeParse(schema, variables);
  if (parsed.success) return parsed.data;
  throw new EnvironmentError(
    parsed.error.issues.map(({ path, message }) => {
      const name = path.join('.');
      return variables[name] === undefined ? `${name} is missing` : `${name}: ${message}`;
    }),
  );
}
