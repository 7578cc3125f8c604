import type { FailureKind } from '../../../ports/failure.ts';
import type { Reading, Unreadable, UnreadableReason } from '../../../ports/reading.ts';
import { translateContainmentFailure } from './containment-failure.ts';

/** Carries why something could not be read out of the calls that were to read it. */
class UnreadError extends Error {
  override readonly name = 'UnreadError';
  readonly fact: Unreadable;

  constructor(fact: Unreadable) {
    super(`${fact.api} failed: ${fact.code}`);
    this.fact = fact;
  }
}

const reasonOf: Readonly<Partial<Record<FailureKind, UnreadableReason>>> = {
  denied: 'denied',
  throttled: 'throttled',
  'not-found': 'gone',
};

/** Makes a call of {@link reading}. Where the service answers one of the codes that stand for absence: `undefined`. */
export async function ask<Answer>(
  api: string,
  call: () => Promise<Answer>,
  absence: readonly string[] = [],
): Promise<Answer | undefined> {
  try {
    return await call();
  } catch (error) {
    const { kind, code } = translateContainmentFailure(error, 'Containment.observe', api);
    if (absence.includes(code)) return undefined;
    throw new UnreadError({ state: 'unreadable', reason: reasonOf[kind] ?? 'failed', api, code });
  }
}

/** Says, from within {@link reading}, that something is not there. */
export function gone(api: string, code: string): Error {
  return new UnreadError({ state: 'unreadable', reason: 'gone', api, code });
}

/** What comes of some calls, each made by {@link ask}, or the first that failed. */
export async function reading<Value>(read: () => Promise<Value>): Promise<Reading<Value>> {
  try {
    return { state: 'read', value: await read() };
  } catch (error) {
    if (error instanceof UnreadError) return error.fact;
    throw error;
  }
}

/** All pages of a list. */
export async function pagesOf<Page>(pages: AsyncIterable<Page>): Promise<Page[]> {
  const read: Page[] = [];
  for await (const page of pages) read.push(page);
  return read;
}

/** Tags as a record. */
export function tagRecord(
  tags: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] | undefined,
): Readonly<Record<string, string>> {
  return Object.fromEntries((tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
}
