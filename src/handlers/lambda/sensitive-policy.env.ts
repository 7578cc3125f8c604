import * as z from 'zod';
import { sensitiveKinds } from '../../domain/sensitive-data/find-sensitive-data.ts';
import { words } from './environment-values.env.ts';

const names = sensitiveKinds.map(({ name }) => name);

/** What makes a text non-compliant: shared by all functions that search documents. */
export const sensitivePolicy = {
  /** Kinds of sensitive data, separated by commas. One misspelt would let everything pass. */
  BLOCKING_KINDS: words.pipe(z.array(z.enum(names))),
} as const;
