import * as z from 'zod';
import { PortError } from '../../ports/failure.ts';

/**
 * Reads a stored item by its schema. One that cannot be read (another schema version, a foreign hand) is a `PortError`
 * (`permanent`, `UnreadableItem`).
 */
export function readItem<Value>(
  schema: z.ZodType<Value>,
  item: unknown,
  operation: string,
  tableName: string,
): Value {
  try {
    return schema.parse(item);
  } catch (error) {
    if (!(error instanceof z.ZodError || error instanceof SyntaxError)) throw error;
    throw new PortError({
      kind: 'permanent',
      operation,
      code: 'UnreadableItem',
      message: `${operation} on ${tableName} failed: an item cannot be read`,
      cause: error,
    });
  }
}
