/** What stopped an inspection or an extraction before its end. */
export type ReadingBudget = 'time' | 'memory' | 'inflated-bytes' | 'entries' | 'pages' | 'text';

/** What a document holds beside its text. */
export const documentFeatures = [
  /** It is encrypted, also where an empty password opens it. */
  'encryption',
  /** VBA project, macro sheet or auto-executing field. */
  'macros',
  /** JavaScript or another script of a PDF. */
  'script',
  /** A PDF action that launches a program, or an OLE package or object that is one. */
  'embedded-executable',
  /** A template, frame or subdocument fetched from elsewhere when the document is opened. */
  'external-template',
  /** A whole file within the document (attachment, OLE object) that is no executable. */
  'embedded-file',
  /** A link that a reader may follow. */
  'hyperlink',
] as const;

export type DocumentFeatureName = (typeof documentFeatures)[number];

export interface DocumentFeature {
  readonly name: DocumentFeatureName;
  readonly count: number;
  /** Where the first one stands (part, page, object), printable, without content. */
  readonly where?: string;
}

/** What the structure of a document says of it. Types are media types in lower case. */
export type DocumentStructure =
  /** It opens as its type: a PDF by header, cross-reference and pages; a Word file by its container and main part. */
  | { readonly state: 'sound'; readonly type: string; readonly pages?: number }
  /** It sets out as its type and does not open. */
  | { readonly state: 'broken'; readonly type: string; readonly explanation: string }
  /** Reading it would take more than is allowed (an archive bomb, or simply a giant). */
  | {
      readonly state: 'over-budget';
      readonly type?: string;
      readonly budget: ReadingBudget;
      readonly explanation: string;
    }
  /** None of the types that the inspector can open. */
  | { readonly state: 'unrecognised'; readonly explanation: string };

/** Facts about the bytes of a document; what follows from them is decided elsewhere. */
export interface DocumentFacts {
  /** Media type that the first bytes tell (magic number); absent where they tell none, as in plain text. */
  readonly signature?: string;
  readonly structure: DocumentStructure;
  readonly features: readonly DocumentFeature[];
}

/** Reads what a document is. A document of whatever bytes gives facts; only the machinery's own failure is an error. */
export interface DocumentInspector {
  /**
   * Facts about one document, whole in memory. Hostile bytes are contained: neither its time nor its memory
   * exceeds the adapter's bounds. A machinery that cannot start is a `PortError` (`retryable`).
   */
  inspect(bytes: Uint8Array): Promise<DocumentFacts>;
}
