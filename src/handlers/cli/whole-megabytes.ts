import { UsageError } from './verb.ts';

/**
 * The bytes that an option gives in megabytes (1 MB = 1,048,576 bytes).
 *
 * @throws {UsageError} unless it is a whole number from 1 to 2000: a file is held in memory.
 */
export function wholeMegabytes(option: string, value: string): number {
  const megabytes = /^\d{1,4}$/.test(value) ? Number(value) : 0;
  if (megabytes < 1 || megabytes > 2000)
    throw new UsageError(`${option} takes a whole number from 1 to 2000`);
  return megabytes * 1024 * 1024;
}
