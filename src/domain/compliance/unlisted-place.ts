import type { Unreadable } from '../../ports/reading.ts';
import type { InventoryScope, ResourceType } from '../../ports/resource-inventory.ts';
import { reasonsOf } from './readings.ts';

/** What could not be listed: what is there, nobody has looked at. */
export interface UnlistedPlace {
  readonly scope: InventoryScope;
  readonly type: ResourceType;
  readonly reading: Unreadable;
}

/** What stands in the place of a check's id where nothing could be checked. */
export const inventoryCheckId = 'inventory';

/** One sentence for people. */
export function explainUnlisted({ type, reading }: UnlistedPlace): string {
  return `What there is of type ${type} could not be listed, and was not judged: ${reasonsOf([reading])}.`;
}
