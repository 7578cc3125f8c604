import type { ListedObject, ListedPlace, ListOptions, ObjectListing } from '../../ports/object-listing.ts';
import type { MemoryObjectStore } from './memory-object-store.ts';

/**
 * What stands in the buckets of a {@link MemoryObjectStore}. A listing shows the state in which it was begun.
 *
 * @example
 * const objects = new MemoryObjectStore({ clock, buckets: ['logs'] });
 * const listing = new MemoryObjectListing(objects);
 * await objects.put({ bucket: 'logs', key: 'a/b' }, new Uint8Array(1));
 * for await (const { key } of listing.list({ bucket: 'logs', prefix: 'a/' })) seen.push(key); // ['a/b']
 */
export class MemoryObjectListing implements ObjectListing {
  readonly #store: MemoryObjectStore;

  constructor(store: MemoryObjectStore) {
    this.#store = store;
  }

  async *list(place: ListedPlace, { startAfter = '' }: ListOptions = {}): AsyncGenerator<ListedObject> {
    for (const { key, ...object } of await this.#current(place)) {
      if (compareUtf8(key, startAfter) > 0) yield { bucket: place.bucket, key, ...object };
    }
  }

  async *folders(place: ListedPlace): AsyncGenerator<string> {
    const folders = (await this.#current(place)).flatMap(({ key }) => {
      const end = key.indexOf('/', place.prefix.length);
      return end === -1 ? [] : [key.slice(0, end + 1)];
    });
    yield* [...new Set(folders)].toSorted(compareUtf8);
  }

  async #current({ bucket, prefix }: ListedPlace): Promise<readonly Omit<ListedObject, 'bucket'>[]> {
    const keys = new Set(this.#store.list(bucket).map(({ ref }) => ref.key));
    const inPlace = [...keys].filter(key => key.startsWith(prefix)).toSorted(compareUtf8);
    const heads = await Promise.all(inPlace.map(key => this.#store.current({ bucket, key })));
    return heads.flatMap(head => {
      if (head === undefined) return [];
      const { ref, size, etag, lastModified } = head;
      return [{ key: ref.key, size, etag, lastModified }];
    });
  }
}

function compareUtf8(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
