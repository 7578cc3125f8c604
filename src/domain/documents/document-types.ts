/** A type of document that can be judged. */
export interface DocumentType {
  /** Media type (IANA), in lower case. */
  readonly mediaType: string;
  /** What people call it. */
  readonly name: string;
  /** Extensions it goes by, without the dot. */
  readonly extensions: readonly string[];
  /** What the first bytes may tell; empty where they tell nothing. */
  readonly signatures: readonly string[];
}

const openXml = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

/** Every type that can be judged; a policy allows some of them. */
export const documentTypes: readonly DocumentType[] = [
  { mediaType: 'application/pdf', name: 'PDF', extensions: ['pdf'], signatures: ['application/pdf'] },
  {
    mediaType: 'application/msword',
    name: 'Word document (binary)',
    extensions: ['doc'],
    signatures: ['application/x-cfb', 'application/msword'],
  },
  {
    mediaType: openXml,
    name: 'Word document (Open XML)',
    extensions: ['docx'],
    signatures: [openXml, 'application/zip'],
  },
  {
    mediaType: 'text/plain',
    name: 'plain text',
    extensions: ['txt', 'text', 'log', 'csv', 'tsv', 'md'],
    signatures: [],
  },
];

/** The type of that media type; parameters such as `charset` and the case do not count. */
export function documentTypeOf(mediaType: string): DocumentType | undefined {
  const bare = bareMediaType(mediaType);
  return documentTypes.find(type => type.mediaType === bare);
}

/** A media type without its parameters, in lower case. */
export function bareMediaType(mediaType: string): string {
  return (mediaType.split(';', 1)[0] ?? '').trim().toLowerCase();
}

/** The extension of a key, in lower case without the dot; `undefined` where its last segment has none. */
export function extensionOf(key: string): string | undefined {
  return /[^/]\.([^./]+)$/.exec(key)?.[1]?.toLowerCase();
}
