import { schemaFaults } from '../kernel/schema-faults.ts';
import { type InventoryFile, inventoryFileSchema } from './inventory-file.ts';

/** An inventory file cannot be used; `faults` holds one line for each thing that is wrong, with its place. */
export class InventoryFileError extends Error {
  readonly code = 'InvalidInventoryFile';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`The inventory file cannot be used:\n${faults.map(fault => `- ${fault}`).join('\n')}`);
    this.name = 'InventoryFileError';
    this.faults = faults;
  }
}

/**
 * Reads an inventory file, parsed from JSON. Its schema is docs/inventory.schema.json.
 *
 * @throws {InventoryFileError} naming every unknown key or aspect, wrong value, and resource that stands there twice.
 */
export function readInventoryFile(value: unknown): InventoryFile {
  const parsed = inventoryFileSchema.safeParse(value, { reportInput: true });
  if (!parsed.success) throw new InventoryFileError(schemaFaults(parsed.error));
  const first = new Map<string, number>();
  const faults = parsed.data.resources.flatMap(({ resource: { type, arn, account } }, index) => {
    // An account is one whatever ARN it is given: its block decides for all of its buckets.
    const name = type === 'account' ? `${type} ${account}` : `${type} ${arn}`;
    const before = first.get(name);
    if (before === undefined) first.set(name, index);
    return before === undefined ? [] : [`resources[${index}].resource: is the same as resources[${before}]`];
  });
  if (faults.length > 0) throw new InventoryFileError(faults);
  return parsed.data;
}
