import { posix } from 'node:path';
import type { ReadingBounds } from '../reading-bounds.ts';
import { BrokenDocumentError } from '../reading-errors.ts';
import { walkXml } from '../walk-xml.ts';
import { readZipArchive } from '../zip-archive.ts';

/** An arrow from one part to another, or to somewhere outside (ECMA-376 part 2, clause 6.5). */
export interface Relationship {
  /** Last step of the type's URI, which is the same in both vocabularies: `image`, `attachedTemplate`, … */
  readonly kind: string;
  /** Name of a part of the package; where `external`, a URI as it stands. */
  readonly target: string;
  readonly external: boolean;
  /** The part that the arrow starts from; empty for the package itself. */
  readonly from: string;
}

/** Types of main parts that hold a Word document, with the type of the whole. */
const wordTypes: Readonly<Record<string, string>> = {
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml':
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml':
    'application/vnd.openxmlformats-officedocument.wordprocessingml.template',
  'application/vnd.ms-word.document.macroenabled.main+xml':
    'application/vnd.ms-word.document.macroenabled.12',
  'application/vnd.ms-word.template.macroenabledtemplate.main+xml':
    'application/vnd.ms-word.template.macroenabled.12',
};

const contentTypesName = '[content_types].xml';

/** An Open XML package (ECMA-376 part 2): its parts, their types, and the arrows between them. */
export class OpenXmlPackage {
  /** Bytes of every part. Names are in lower case, as parts are told apart without regard to it. */
  readonly parts: ReadonlyMap<string, Buffer>;
  readonly relationships: readonly Relationship[];
  /** Name of the part that the package is about. */
  readonly mainPart: string;
  readonly #typeByPart: ReadonlyMap<string, string>;
  readonly #typeByExtension: ReadonlyMap<string, string>;

  private constructor(parts: ReadonlyMap<string, Buffer>, contentTypes: Buffer) {
    this.parts = parts;
    const byPart = new Map<string, string>();
    const byExtension = new Map<string, string>();
    walkXml(contentTypes, {
      open(name, { PartName = '', Extension = '', ContentType = '' }) {
        if (name === 'Override')
          byPart.set(PartName.toLowerCase().replace(/^\//, ''), ContentType.toLowerCase());
        if (name === 'Default') byExtension.set(Extension.toLowerCase(), ContentType.toLowerCase());
      },
    });
    this.#typeByPart = byPart;
    this.#typeByExtension = byExtension;
    this.relationships = [...parts].flatMap(([name, bytes]) => relationshipsOf(name, bytes));
    const main = this.relationships.find(({ from, kind }) => from === '' && kind === 'officeDocument');
    if (main === undefined) throw new BrokenDocumentError('the package names no main part');
    this.mainPart = main.target;
    if (main.external || !parts.has(this.mainPart)) throw new BrokenDocumentError('its main part is missing');
  }

  /** The package in an archive, or undefined where the archive is no such package. */
  static async read(bytes: Buffer, bounds: ReadingBounds): Promise<OpenXmlPackage | undefined> {
    const files = await readZipArchive(bytes, bounds);
    const parts = new Map<string, Buffer>();
    for (const [name, content] of files) {
      const partName = name.toLowerCase();
      if (parts.has(partName)) throw new BrokenDocumentError('two parts of the package have one name');
      parts.set(partName, content);
    }
    const contentTypes = parts.get(contentTypesName);
    return contentTypes === undefined ? undefined : new OpenXmlPackage(parts, contentTypes);
  }

  /** Media type of the whole, or undefined where it is no Word document. */
  get wordType(): string | undefined {
    return wordTypes[this.contentType(this.mainPart) ?? ''];
  }

  /** Content type of a part, in lower case. */
  contentType(part: string): string | undefined {
    return this.#typeByPart.get(part) ?? this.#typeByExtension.get(posix.extname(part).slice(1));
  }

  /** Whether a part is read as XML: by its type, its name, or because an XML declaration or element opens it. */
  isXml(part: string): boolean {
    if (/\.(?:xml|rels|vml)$/.test(part) || /[+/]xml$/.test(this.contentType(part) ?? '')) return true;
    return /^(?:\xef\xbb\xbf)?\s*<\?xml\s/.test(this.parts.get(part)?.toString('latin1', 0, 64) ?? '');
  }
}

function relationshipsOf(name: string, bytes: Buffer): Relationship[] {
  const place = /^(.*?)_rels\/([^/]*)\.rels$/.exec(name);
  if (place === null) return [];
  const [, folder = '', source = ''] = place;
  const found: Relationship[] = [];
  walkXml(bytes, {
    open(element, { Type = '', Target = '', TargetMode = '' }) {
      if (element !== 'Relationship') return;
      const external = TargetMode.toLowerCase() === 'external';
      const kind = Type.slice(Type.lastIndexOf('/') + 1);
      const target = external ? Target : partName(folder, Target);
      found.push({ kind, target, external, from: source === '' ? '' : folder + source });
    },
  });
  return found;
}

/** Targets stand relative to the folder of the part that they start from, or absolute. */
function partName(folder: string, target: string): string {
  const [path = ''] = target.split('#');
  return posix
    .join('/', path.startsWith('/') ? '' : folder, path)
    .slice(1)
    .toLowerCase();
}
