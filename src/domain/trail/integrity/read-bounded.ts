import { ByteSource } from '../../kernel/byte-source.ts';
import { GzipError } from '../../kernel/gzip-error.ts';
import { inflateBytes } from '../../kernel/inflate-bytes.ts';

/**
 * Hands the bytes of a file over, inflated where they are gzip, and says why they ended.
 *
 * @param mostBytes Inflated bytes that are handed over at most.
 * @param take Gets each chunk, which it can use until it returns.
 */
export async function readBounded(
  body: AsyncIterable<Uint8Array>,
  mostBytes: number,
  take: (chunk: Uint8Array) => void,
): Promise<'whole' | 'damaged' | 'too-large'> {
  const source = new ByteSource(body);
  let bytes = 0;
  try {
    for await (const chunk of inflateBytes(source, true)) {
      bytes += chunk.length;
      if (bytes > mostBytes) return 'too-large';
      take(chunk);
    }
    return 'whole';
  } catch (error) {
    if (error instanceof GzipError) return 'damaged';
    throw error;
  } finally {
    await source.close();
  }
}
