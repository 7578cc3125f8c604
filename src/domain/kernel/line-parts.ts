import type { ObjectRef, ObjectStore, WriteOptions } from '../../ports/object-store.ts';

export interface LinePartsOptions {
  readonly objects: Pick<ObjectStore, 'put'>;
  readonly bucket: string;
  /** Key of the part of that number, from 0 on. */
  readonly keyOf: (number: number) => string;
  readonly write: WriteOptions;
  /** Bytes after which a part is written, and so about what is held of it. */
  readonly partBytes: number;
  /** Stands at the head of each part, its line end included. @defaultValue nothing */
  readonly head?: string;
}

export interface LinePart {
  readonly ref: ObjectRef;
  readonly lines: number;
}

/** A text of any length, written line by line into objects of a bounded size. */
export class LineParts {
  readonly #options: LinePartsOptions;
  readonly #parts: LinePart[] = [];
  #begun = 0;
  #lines: string[] = [];
  #bytes = 0;

  constructor(options: LinePartsOptions) {
    this.#options = options;
  }

  /** What has been written, in order. */
  get parts(): readonly LinePart[] {
    return this.#parts;
  }

  /** Takes in a line, its line end included; resolves once there is room for more. */
  async add(line: string): Promise<void> {
    this.#lines.push(line);
    this.#bytes += Buffer.byteLength(line);
    if (this.#bytes >= this.#options.partBytes) await this.#write();
  }

  /** Writes what is left. */
  async finish(): Promise<void> {
    if (this.#lines.length > 0) await this.#write();
  }

  async #write(): Promise<void> {
    const { objects, bucket, keyOf, write, head = '' } = this.#options;
    const lines = this.#lines.length;
    const text = head + this.#lines.join('');
    this.#lines = [];
    this.#bytes = 0;
    const number = this.#begun;
    this.#begun += 1;
    const answer = await objects.put({ bucket, key: keyOf(number) }, Buffer.from(text), write);
    if (answer.outcome !== 'stored') throw new Error('A put without a condition found its object there');
    this.#parts[number] = { ref: answer.ref, lines };
  }
}
