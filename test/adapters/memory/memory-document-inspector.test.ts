import { describe, expect, test } from '@jest/globals';
import { documentInspectorContract } from '../../../src/adapters/contracts/document-inspector-contract.ts';
import { MemoryDocumentInspector } from '../../../src/adapters/memory/memory-document-inspector.ts';

describe('MemoryDocumentInspector', () => {
  test.each(documentInspectorContract.cases)('$name', async ({ run }) => {
    const inspector = new MemoryDocumentInspector();
    await run({ inspector, know: (bytes, facts) => inspector.know(bytes, facts) });
  });

  test.each([
    ['plain text', 'a text\twith tabs\r\n', 'sound'],
    ['a control character', 'a\u0001b', 'unrecognised'],
    ['nothing', '', 'unrecognised'],
  ])('of what it was not told: %s', async (_, text, state) => {
    const { structure } = await new MemoryDocumentInspector().inspect(Buffer.from(text));
    expect(structure.state).toBe(state);
  });
});
