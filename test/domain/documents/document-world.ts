import { FaultInjector } from '../../../src/adapters/memory/fault-injection.ts';
import { ManualClock } from '../../../src/adapters/memory/manual-clock.ts';
import { MemoryAlertChannel } from '../../../src/adapters/memory/memory-alert-channel.ts';
import { MemoryAuditLog } from '../../../src/adapters/memory/memory-audit-log.ts';
import { MemoryDocumentInspector } from '../../../src/adapters/memory/memory-document-inspector.ts';
import { MemoryObjectStore } from '../../../src/adapters/memory/memory-object-store.ts';
import { MemoryTextExtractor } from '../../../src/adapters/memory/memory-text-extractor.ts';
import type { ObjectRef, ObjectTarget, WriteOptions } from '../../../src/ports/object-store.ts';

export const bytesOf = (text: string) => new TextEncoder().encode(text);

/** The number of a Visa test card, from documentation. */
export const card = '4111 1111 1111 1111';

/** Memory adapters, every call of which passes through `faults`. */
export function documentWorld(faults = new FaultInjector()) {
  const clock = new ManualClock();
  const objects = new MemoryObjectStore({
    clock,
    buckets: ['documents', 'processed', 'quarantine', 'compliance'],
  });
  const audit = new MemoryAuditLog();
  const alerts = new MemoryAlertChannel();
  const inspector = new MemoryDocumentInspector();
  const extractor = new MemoryTextExtractor();
  const put = async (
    key: string,
    content: string | Uint8Array,
    options: WriteOptions = {},
  ): Promise<ObjectRef> => {
    const body = typeof content === 'string' ? bytesOf(content) : content;
    const stored = await objects.put({ bucket: 'documents', key }, body, {
      contentType: 'text/plain',
      ...options,
    });
    if (stored.outcome !== 'stored') throw new Error('the fixture was not stored');
    return stored.ref;
  };
  const textOf = async (target: ObjectTarget): Promise<string | undefined> => {
    const head = await objects.current(target);
    const content = head === undefined ? undefined : await objects.read(head.ref);
    if (content === undefined) return undefined;
    const chunks: Uint8Array[] = [];
    for await (const chunk of content.body) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  };
  return {
    clock,
    objects,
    audit,
    alerts,
    inspector,
    extractor,
    faults,
    put,
    textOf,
    ports: {
      objects: faults.wrap('objects', objects),
      audit: faults.wrap('audit', audit),
      alerts: faults.wrap('alerts', alerts),
      inspector: faults.wrap('inspector', inspector),
      extractor: faults.wrap('extractor', extractor),
      clock,
    },
  };
}
