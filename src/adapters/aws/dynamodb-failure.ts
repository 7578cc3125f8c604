import { PortError } from '../../ports/failure.ts';
import { translateFailure } from './translate-failure.ts';

/**
 * Translates what a call of DynamoDB threw. An item above 400 KB is a `ValidationException` like any other,
 * told by its words alone; here it is `ItemTooLarge`.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
export function translateDynamoDbFailure(error: unknown, operation: string, target: string): PortError {
  const translated = translateFailure(error, operation, target);
  const isTooLarge =
    translated.code === 'ValidationException' && error instanceof Error && /item size/i.test(error.message);
  if (!isTooLarge) return translated;
  return new PortError({
    kind: 'permanent',
    operation,
    code: 'ItemTooLarge',
    message: `${operation} on ${target} failed: the item is above 400 KB`,
    cause: error,
  });
}
