import { type SensitiveDataOptions, SensitiveDataStream } from './sensitive-data-stream.ts';
import type { SensitiveFinding } from './sensitive-finding.ts';

export { type SensitiveDataOptions, SensitiveDataStream, sensitiveKinds } from './sensitive-data-stream.ts';

/**
 * Finds payment card numbers, US social security numbers, IBANs and AWS access keys in a text, ordered and
 * without overlap. The time is proportional to the length of the text, whatever it holds. Offsets count
 * UTF-16 units of `text`. Never throws.
 *
 * @example findSensitiveData('Card 4111 1111 1111 1111')[0]?.masked // '411111******1111'
 */
export function findSensitiveData(text: string, options?: SensitiveDataOptions): SensitiveFinding[] {
  const stream = new SensitiveDataStream(options);
  return [...stream.push(text), ...stream.end()];
}
