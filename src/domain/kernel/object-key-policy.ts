/** Windows device names, which open a device instead of a file: where they are refused. */
export type ReservedNameRule =
  /** Nowhere. */
  | 'allow'
  /** The name of a document (`NUL`, `con.pdf`), but not of a folder or a source (`con/aux.c`); ports everywhere. */
  | 'refuse-documents'
  /** In every segment, with any extension (`aux.c`): what Windows itself does. */
  | 'refuse-all';

/** What a key may be. Plain data, so that it can stand in a configuration file. */
export interface ObjectKeyPolicy {
  /** Bytes of UTF-8 in the whole key. S3 stores at most 1024. */
  readonly maxBytes: number;
  /**
   * Bytes of UTF-8 between two slashes. File systems store 255 bytes (Linux) or 255 characters, which are up to 765
   * bytes (Windows, macOS).
   */
  readonly maxSegmentBytes: number;
  /** Segments, the file's name included. */
  readonly maxSegments: number;
  /** Times that the key is decoded. A key that still changes after them is refused. */
  readonly maxDecodings: number;
  /** Whether `\` may stand in a name. It separates segments all the same. */
  readonly allowBackslash: boolean;
  /** Whether the key may end in `/`, as the folder markers of the S3 console do. */
  readonly allowTrailingSlash: boolean;
  /** Whether an escape may stand for a dot or a slash (`a%2Fb`), as long as no dot segment comes of it. */
  readonly allowEncodedDelimiters: boolean;
  /** Whether zero-width and bidirectional characters may stand in a name. */
  readonly allowInvisible: boolean;
  /**
   * `any` printable character, or only the `portable` ones: the characters that the S3 user guide calls safe
   * (`A-Z a-z 0-9 / ! - _ . * ' ( )`), with no dot or space at either end of a segment but a leading dot.
   */
  readonly characters: 'any' | 'portable';
  readonly reservedNames: ReservedNameRule;
  /** URL schemes, in lower case, with which no key may begin where a slash follows: `file:/`, but not `File:x.jpg`. */
  readonly refusedSchemes: readonly string[];
  /** URL schemes, in lower case, with which no key may begin whatever follows, unless it is a space: `data:x,y`. */
  readonly refusedOpaqueSchemes: readonly string[];
  /** First segments that the caller keeps for itself, for example `['encrypted']`. Compared exactly. */
  readonly reservedRoots: readonly string[];
}

/** Schemes that readers of files resolve by themselves: PHP's stream wrappers, Java's URL handlers, browsers. */
const resolvedSchemes = [
  'bzip2',
  'classpath',
  'compress.bzip2',
  'compress.zlib',
  'dict',
  'file',
  'ftp',
  'ftps',
  'glob',
  'gopher',
  'http',
  'https',
  'ldap',
  'ldaps',
  'local_file',
  'netdoc',
  'ogg',
  'rar',
  's3',
  'sftp',
  'smb',
  'ssh2.exec',
  'ssh2.sftp',
  'tftp',
  'unc',
  'zip',
  'zlib',
];

/** Schemes that need no slash to do their work. */
const resolvedOpaqueSchemes = [
  'data',
  'expect',
  'jar',
  'javascript',
  'jndi',
  'phar',
  'php',
  'url',
  'vbscript',
];

/** Admits what people name documents and sources; refuses what any later reader could take for another path. */
export const defaultObjectKeyPolicy: ObjectKeyPolicy = {
  maxBytes: 1024,
  maxSegmentBytes: 765,
  maxSegments: 64,
  maxDecodings: 4,
  allowBackslash: false,
  allowTrailingSlash: false,
  allowEncodedDelimiters: false,
  allowInvisible: false,
  characters: 'any',
  reservedNames: 'refuse-documents',
  refusedSchemes: resolvedSchemes,
  refusedOpaqueSchemes: resolvedOpaqueSchemes,
  reservedRoots: [],
};

/** For keys that programs make: the characters S3 calls safe, valid as a path on every operating system. */
export const strictObjectKeyPolicy: ObjectKeyPolicy = {
  ...defaultObjectKeyPolicy,
  maxSegmentBytes: 255,
  maxSegments: 16,
  characters: 'portable',
  reservedNames: 'refuse-all',
};

/**
 * For archives of keys that exist already, percent-encoded addresses of pages among them. Traversal, absolute paths
 * and control characters stay refused.
 */
export const wideObjectKeyPolicy: ObjectKeyPolicy = {
  ...defaultObjectKeyPolicy,
  maxSegmentBytes: 1024,
  maxSegments: 512,
  allowBackslash: true,
  allowTrailingSlash: true,
  allowEncodedDelimiters: true,
  allowInvisible: true,
  reservedNames: 'allow',
  refusedSchemes: resolvedSchemes.filter(name => name !== 'http' && name !== 'https'),
};
