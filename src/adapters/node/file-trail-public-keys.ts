import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import type { Timestamp } from '../../ports/clock.ts';
import { PortError } from '../../ports/failure.ts';
import type { TrailPublicKey, TrailPublicKeys } from '../../ports/trail-public-keys.ts';
import { translateFileFailure } from './file-failure.ts';

export interface FileTrailPublicKeysOptions {
  /** Path of a JSON file. */
  readonly file: string;
}

const operation = 'TrailPublicKeys.ofRegion';
const largestFile = 16 * 1024 * 1024;

/** Version 2 of the AWS CLI prints ISO 8601, version 1 seconds. */
const time = z.union([
  z.iso.datetime({ offset: true }).transform(text => new Date(text).toISOString()),
  z
    .number()
    .min(0)
    .max(253_402_300_799)
    .transform(seconds => new Date(seconds * 1000).toISOString()),
]);

const listSchema = z.object({
  PublicKeyList: z.array(
    z.object({
      Value: z.base64(),
      ValidityStartTime: time,
      ValidityEndTime: time,
      Fingerprint: z.string().min(1),
    }),
  ),
});

/** A list for each region, of which there is one at least. */
const listsSchema = z
  .record(z.string().regex(/^[a-z0-9-]+$/), listSchema)
  .refine(lists => Object.keys(lists).length > 0);

/** One list, which then serves every region, or one for each. */
const fileSchema = z.union([listSchema, listsSchema]);

type KeyList = z.infer<typeof listSchema>;

/**
 * Keys from a file, where CloudTrail itself cannot be asked: what `aws cloudtrail list-public-keys --start-time … --region …`
 * prints, or an object that holds such a list for each region, `{ "us-east-1": { "PublicKeyList": [ … ] } }`. Whoever can
 * write the file can make digests valid.
 *
 * A file that is not there, or none of keys: `PortError` (`not-found` or `permanent`, `InvalidKeyFile`).
 */
export class FileTrailPublicKeys implements TrailPublicKeys {
  readonly #file: string;
  #lists: Promise<z.infer<typeof fileSchema>> | undefined;

  constructor({ file }: FileTrailPublicKeysOptions) {
    this.#file = file;
  }

  async ofRegion(region: string, from: Timestamp, to: Timestamp): Promise<readonly TrailPublicKey[]> {
    this.#lists ??= this.#read();
    const lists = await this.#lists;
    const list = isOneList(lists) ? lists : Object.hasOwn(lists, region) ? lists[region] : undefined;
    return (list?.PublicKeyList ?? [])
      .filter(key => key.ValidityStartTime <= to && key.ValidityEndTime >= from)
      .map(key => ({
        fingerprint: key.Fingerprint,
        value: Buffer.from(key.Value, 'base64'),
        validFrom: key.ValidityStartTime,
        validTo: key.ValidityEndTime,
      }));
  }

  async #read() {
    const text = await readFile(this.#file, 'utf8').catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT')
        throw this.#fault('not-found', 'it is not there');
      throw translateFileFailure(error, operation, this.#file);
    });
    if (text.length > largestFile) throw this.#fault('permanent', 'it is too large');
    const { success, data } = fileSchema.safeParse(jsonOf(text));
    if (!success) throw this.#fault('permanent', 'it holds no PublicKeyList');
    return data;
  }

  #fault(kind: 'not-found' | 'permanent', reason: string): PortError {
    const message = `the keys of ${this.#file} cannot be used: ${reason}`;
    return new PortError({ kind, operation, code: 'InvalidKeyFile', message });
  }
}

function isOneList(lists: z.infer<typeof fileSchema>): lists is KeyList {
  return Array.isArray(lists['PublicKeyList' as keyof typeof lists]);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
