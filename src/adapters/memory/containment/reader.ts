import type { Reading, Unreadable } from '../../../ports/reading.ts';

/** Reads a value unless one of the calls that it takes is broken; a value may itself be that nothing is there. */
export type Reader = <Value>(apis: readonly string[], value: () => Value | Unreadable) => Reading<Value>;

export interface BrokenReading {
  readonly reason: Unreadable['reason'];
  readonly code: string;
}

export function readerOf(broken: ReadonlyMap<string, BrokenReading>): Reader {
  return (apis, value) => {
    for (const api of apis) {
      const fault = broken.get(api);
      if (fault !== undefined) return { state: 'unreadable', ...fault, api };
    }
    const read = value();
    return isUnreadable(read) ? read : { state: 'read', value: structuredClone(read) };
  };
}

export function gone(api: string, code: string): Unreadable {
  return { state: 'unreadable', reason: 'gone', api, code };
}

function isUnreadable(value: unknown): value is Unreadable {
  return typeof value === 'object' && value !== null && 'state' in value && value.state === 'unreadable';
}
