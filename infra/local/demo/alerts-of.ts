import type { LocalPipeline, PublishedMessage } from '../local-pipeline.ts';

/**
 * The alerts of a kind, oldest first, each once: on a busy machine a call may time out although it was done, and what is
 * published again then has the id of the first.
 */
export function alertsOf(
  { announcements }: Pick<LocalPipeline, 'announcements'>,
  kind: string,
): readonly PublishedMessage[] {
  const byId = new Map<unknown, PublishedMessage>();
  for (const published of announcements.all) {
    if (published.attributes['kind'] !== kind) continue;
    const { id } = JSON.parse(published.message) as { readonly id: string };
    if (!byId.has(id)) byId.set(id, published);
  }
  return [...byId.values()];
}
