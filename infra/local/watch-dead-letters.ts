import type { LocalPipeline } from './local-pipeline.ts';

/**
 * Tells whenever a dead-letter queue has grown. A queue moves a message by itself, without a call that could be heard,
 * so the depths are looked at every `everyMs`. The function given back ends the watch.
 */
export function watchDeadLetters(
  pipeline: Pick<LocalPipeline, 'deadLetterQueues' | 'queueDepth'>,
  onGrown: (queue: string, depth: number) => void,
  everyMs = 500,
): () => void {
  const known = new Map<string, number>();
  const timer = setInterval(() => {
    for (const queue of pipeline.deadLetterQueues) {
      pipeline
        .queueDepth(queue)
        .then(depth => {
          if (depth > (known.get(queue) ?? 0)) onGrown(queue, depth);
          known.set(queue, depth);
        })
        // The run is stopping; there is nothing left to watch.
        .catch(() => clearInterval(timer));
    }
  }, everyMs);
  return () => clearInterval(timer);
}
