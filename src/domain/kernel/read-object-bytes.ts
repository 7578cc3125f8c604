import type { ObjectRef, ObjectStore } from '../../ports/object-store.ts';

/**
 * The bytes of one version, whole; `undefined` where it is absent. For objects whose size has been judged: it holds
 * them in memory.
 */
export async function readObjectBytes(
  objects: Pick<ObjectStore, 'read'>,
  ref: ObjectRef,
): Promise<Uint8Array | undefined> {
  const content = await objects.read(ref);
  if (content === undefined) return undefined;
  const bytes = new Uint8Array(content.head.size);
  let length = 0;
  for await (const chunk of content.body) {
    bytes.set(chunk, length);
    length += chunk.length;
  }
  return bytes.subarray(0, length);
}
