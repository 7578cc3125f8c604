import type { Writable } from 'node:stream';

/** Writes and waits until the stream has taken it, so that no more than one piece is ever held in memory. */
export function writeText(stream: Writable, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, error => (error ? reject(error) : resolve()));
  });
}
