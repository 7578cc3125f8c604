import {
  type DocumentFeature,
  type DocumentFeatureName,
  documentFeatures,
} from '../../../ports/document-inspector.ts';
import { printable } from './printable.ts';

/** Counts the features of one document and remembers where each was met first. */
export class FeatureTally {
  readonly #found = new Map<DocumentFeatureName, { count: number; readonly where?: string }>();

  add(name: DocumentFeatureName, where?: string, count = 1): void {
    if (count === 0) return;
    const known = this.#found.get(name);
    if (known !== undefined) known.count += count;
    else this.#found.set(name, { count, ...(where !== undefined && { where: printable(where) }) });
  }

  /** For a second source that counts the same things again: raises the count, never adds to it. */
  atLeast(name: DocumentFeatureName, count: number, where?: string): void {
    this.add(name, where, Math.max(0, count - (this.#found.get(name)?.count ?? 0)));
  }

  has(name: DocumentFeatureName): boolean {
    return this.#found.has(name);
  }

  /** In the order of `documentFeatures`. */
  list(): DocumentFeature[] {
    return documentFeatures.flatMap(name => {
      const found = this.#found.get(name);
      return found === undefined ? [] : [{ name, ...found }];
    });
  }
}
