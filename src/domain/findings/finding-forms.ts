import * as z from 'zod';

/** Forms of members of a finding; what is wrong is told in the words of {@link FindingFault}, and not what they hold. */
export const text = z.string({ error: 'is no text' });
export const shortText = text.max(2048, 'is longer than 2048 characters');
export const matching = (pattern: RegExp, reason: string) => shortText.regex(pattern, reason);
