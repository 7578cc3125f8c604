import type { ObjectHead } from '../../ports/object-store.ts';

/** User metadata that a copy of ours carries: which version it was made from. */
export const sourceIdentityMark = 'sallyport-source';
/** When that version was written. */
export const sourceTimeMark = 'sallyport-source-time';

/** S3 takes 2 KB of user metadata, counted over names and values ("Working with object metadata"). */
const mostMetadataBytes = 2048;

const storable = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

/**
 * The metadata of a copy: the source's, and the marks. Where that is more than S3 takes, entries of the source are left
 * out from its end, and so are values that a write would change; what is judged and moved are the bytes.
 */
export function markedMetadata(
  source: Pick<ObjectHead, 'metadata'>,
  marks: Readonly<Record<string, string>>,
): Record<string, string> {
  const kept: Record<string, string> = { ...marks };
  let size = Object.entries(marks).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  for (const [name, value] of Object.entries(source.metadata)) {
    if (Object.hasOwn(marks, name) || !(value === '' || storable.test(value))) continue;
    if (size + name.length + value.length > mostMetadataBytes) continue;
    kept[name] = value;
    size += name.length + value.length;
  }
  return kept;
}
