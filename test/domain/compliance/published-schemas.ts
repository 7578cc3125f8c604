import * as z from 'zod';
import { compliancePolicySchema } from '../../../src/domain/compliance/compliance-policy.ts';
import { inventoryFileSchema } from '../../../src/domain/compliance/inventory-file.ts';

/** The JSON Schemas under docs, by path, as the code reads the files that they describe. */
export const publishedSchemas: Readonly<Record<string, object>> = {
  'docs/compliance-policy.schema.json': describe(compliancePolicySchema, {
    title: 'Compliance policy',
    description: 'What is enough: the policy that the compliance scanner judges resources by.',
  }),
  'docs/inventory.schema.json': describe(inventoryFileSchema, {
    title: 'Inventory file',
    description: 'What an account held at one time, as sallyport compliance report reads it.',
  }),
};

function describe(
  schema: z.ZodType,
  texts: { readonly title: string; readonly description: string },
): object {
  return z.toJSONSchema(schema.meta(texts), { io: 'input', reused: 'inline' });
}
