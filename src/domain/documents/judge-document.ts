import type {
  DocumentFacts,
  DocumentFeatureName,
  DocumentStructure,
} from '../../ports/document-inspector.ts';
import { printableText } from '../kernel/printable-text.ts';
import type { DocumentPolicy } from './document-policy.ts';
import {
  bareMediaType,
  type DocumentType,
  documentTypeOf,
  documentTypes,
  extensionOf,
} from './document-types.ts';

/** Why a document does not pass, or what is worth knowing of one that does. */
export interface DocumentReason {
  /** Stable word, for example `signature-mismatch`. */
  readonly code: string;
  /** One sentence for people, without content. */
  readonly explanation: string;
}

/** What is known of a document before its bytes are read. */
export interface DeclaredDocument {
  readonly key: string;
  /** As the object declares it. */
  readonly contentType?: string;
  /** Bytes. */
  readonly size: number;
}

export interface DocumentJudgement {
  /** Empty where the document passes. */
  readonly reasons: readonly DocumentReason[];
  readonly notes: readonly DocumentReason[];
}

/** What the head alone decides: emptiness, size, the declared type and the extension. */
export function judgeDeclaration(
  { key, contentType, size }: DeclaredDocument,
  { allowedTypes, maximumBytes }: DocumentPolicy,
): DocumentReason[] {
  const reasons: DocumentReason[] = [];
  const refuse = (code: string, explanation: string) => reasons.push({ code, explanation });
  if (size === 0) refuse('empty', 'the document has no bytes');
  if (size > maximumBytes) {
    refuse('too-large', `the document has ${size} bytes; at most ${maximumBytes} are let in`);
  }
  const declared = bareMediaType(contentType ?? '');
  if (!allowedTypes.some(allowed => bareMediaType(allowed) === declared)) {
    const said = declared === '' ? 'declares no type' : `is declared as ${printableText(declared, 100)}`;
    refuse('type-not-allowed', `the document ${said}; let in are ${allowedTypes.join(', ')}`);
  }
  const type = documentTypeOf(declared);
  const extension = extensionOf(key);
  if (type !== undefined && !type.extensions.includes(extension ?? '')) {
    const named = extension === undefined ? 'has no extension' : `ends in .${printableText(extension, 20)}`;
    const expected = type.extensions.map(it => `.${it}`).join(', ');
    refuse('extension-mismatch', `the key ${named}, and a ${type.name} ends in ${expected}`);
  }
  return reasons;
}

/**
 * Everything that speaks against a document, and what is noted. Declared type, extension, magic bytes and structure must
 * agree; all disagreements are listed, not the first.
 */
export function judgeDocument(
  document: DeclaredDocument,
  facts: DocumentFacts,
  policy: DocumentPolicy,
): DocumentJudgement {
  const reasons = judgeDeclaration(document, policy);
  // A type that is not known cannot be compared with: the extension then says what the bytes are to be.
  const claimed = documentTypeOf(document.contentType ?? '') ?? typeOfExtension(extensionOf(document.key));
  if (document.size > 0) {
    if (claimed !== undefined) reasons.push(...signatureReasons(claimed, facts.signature));
    reasons.push(...structureReasons(claimed, facts.structure));
  }
  const notes: DocumentReason[] = [];
  for (const { name, count, where } of facts.features) {
    const [code, what] = featureMeanings[name];
    const place = where === undefined ? '' : `, first at ${printableText(where, 100)}`;
    const list = notedFeatures.has(name) ? notes : reasons;
    list.push({ code, explanation: `the document ${what} (${count}${place})` });
  }
  return { reasons, notes };
}

const notedFeatures: ReadonlySet<DocumentFeatureName> = new Set(['hyperlink', 'embedded-file']);

const featureMeanings: Readonly<Record<DocumentFeatureName, readonly [code: string, what: string]>> = {
  encryption: ['encrypted', 'is encrypted'],
  macros: ['macros', 'holds macros'],
  script: ['script', 'holds scripts'],
  'embedded-executable': ['embedded-executable', 'holds or launches a program'],
  'external-template': ['external-template', 'fetches a part of itself from elsewhere'],
  'embedded-file': ['embedded-file', 'holds other files'],
  hyperlink: ['hyperlink', 'holds links'],
};

function signatureReasons(claimed: DocumentType, signature: string | undefined): DocumentReason[] {
  const { signatures, name } = claimed;
  const agrees = signature === undefined ? signatures.length === 0 : signatures.includes(signature);
  if (agrees) return [];
  const said = signature === undefined ? 'of no known type' : `those of ${printableText(signature, 100)}`;
  return [{ code: 'signature-mismatch', explanation: `not a valid ${name}: the first bytes are ${said}` }];
}

function structureReasons(claimed: DocumentType | undefined, structure: DocumentStructure): DocumentReason[] {
  const reasons: DocumentReason[] = [];
  const name = claimed?.name ?? 'document';
  if (structure.state === 'broken') {
    reasons.push({
      code: 'broken',
      explanation: `not a valid ${name}: ${printableText(structure.explanation)}`,
    });
  } else if (structure.state === 'over-budget') {
    const { budget, explanation } = structure;
    reasons.push({
      code: 'over-budget',
      explanation: `reading the document takes more than the bound on ${budget}: ${printableText(explanation)}`,
    });
  } else if (structure.state === 'unrecognised') {
    reasons.push({
      code: 'structure-mismatch',
      explanation: `not a valid ${name}: ${printableText(structure.explanation)}`,
    });
    return reasons;
  }
  if (claimed !== undefined && structure.type !== undefined && structure.type !== claimed.mediaType) {
    const type = printableText(structure.type, 100);
    reasons.push({
      code: 'structure-mismatch',
      explanation: `not a valid ${name}: its structure is that of ${type}`,
    });
  }
  return reasons;
}

function typeOfExtension(extension: string | undefined): DocumentType | undefined {
  if (extension === undefined) return undefined;
  return documentTypes.find(type => type.extensions.includes(extension));
}
