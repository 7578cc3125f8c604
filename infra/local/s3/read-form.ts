import { readEntity } from './read-entity.ts';
import { S3Error } from './s3-error.ts';
import type { S3Request } from './s3-request.ts';

/** A form with one file (`multipart/form-data`, RFC 7578). */
export interface PostedForm {
  /** The fields before the file, by name in lower case, in their order. */
  readonly fields: ReadonlyMap<string, string>;
  readonly file: Buffer;
  /** What the client calls the file, without its folders. */
  readonly fileName: string;
}

/** What may stand before the file ("POST Object", Amazon S3 API Reference). */
const maximumFieldBytes = 20 * 1024;
/** Bounds what stands around the file: the fields, and the closing delimiter or a few ignored fields. */
const surroundingBytes = 64 * 1024;

const lineEnd = Buffer.from('\r\n');
const headerEnd = Buffer.from('\r\n\r\n');

/** Reads the form of a request. What stands behind the file is ignored, as S3 does. */
export async function readForm(request: S3Request, maximumFileBytes: number): Promise<PostedForm> {
  const type = request.headers['content-type'] ?? '';
  const boundary = /^multipart\/form-data\s*;(?:.*;)?\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(
    type,
  );
  if (boundary === null) {
    const condition = 'Bucket POST must be of the enclosure-type multipart/form-data';
    throw new S3Error('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', {
      fields: { Condition: condition },
    });
  }
  const { bytes } = await readEntity(request, maximumFileBytes + surroundingBytes);
  const fields = new Map<string, string>();
  let fieldBytes = 0;
  for (const part of partsOf(bytes, boundary[1] ?? boundary[2] ?? '')) {
    const name = part.name.toLowerCase();
    if (name === 'file') {
      if (part.content.length <= maximumFileBytes)
        return { fields, file: part.content, fileName: part.fileName };
      throw new S3Error('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', {
        fields: { ProposedSize: String(part.content.length), MaxSizeAllowed: String(maximumFileBytes) },
      });
    }
    fieldBytes += name.length + part.content.length;
    if (fieldBytes > maximumFieldBytes) {
      throw new S3Error(
        'MaxPostPreDataLengthExceeded',
        'Your POST request fields preceding the upload file were too large.',
        { fields: { MaxPostPreDataLengthBytes: String(maximumFieldBytes) } },
      );
    }
    // Which of two values a policy would judge, and which would be stored, must never differ.
    if (fields.has(name)) throw malformed();
    fields.set(name, part.content.toString('utf8'));
  }
  throw new S3Error(
    'IncorrectNumberOfFilesInPostRequest',
    'POST requires exactly one file upload per request.',
  );
}

interface FormPart {
  readonly name: string;
  readonly fileName: string;
  readonly content: Buffer;
}

/** The parts between the delimiters of RFC 2046, section 5.1.1, one after the other. */
function* partsOf(body: Buffer, boundary: string): Generator<FormPart> {
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  let position = afterFirstDelimiter(body, delimiter);
  while (body.toString('latin1', position, position + 2) !== '--') {
    const start = body.indexOf(lineEnd, position);
    if (start < 0 || body.toString('latin1', position, start).trim() !== '') throw malformed();
    const contentStart = body.indexOf(headerEnd, start);
    if (contentStart < 0) throw malformed();
    const contentEnd = body.indexOf(delimiter, contentStart + lineEnd.length);
    if (contentEnd < 0) throw malformed();
    const content = body.subarray(Math.min(contentStart + headerEnd.length, contentEnd), contentEnd);
    yield { ...namesOf(body.toString('utf8', start, contentStart)), content };
    position = contentEnd + delimiter.length;
  }
}

/** The first delimiter may stand at the very beginning, without its line break. */
function afterFirstDelimiter(body: Buffer, delimiter: Buffer): number {
  const bare = delimiter.subarray(lineEnd.length);
  if (body.subarray(0, bare.length).equals(bare)) return bare.length;
  const at = body.indexOf(delimiter);
  if (at < 0) throw malformed();
  return at + delimiter.length;
}

function namesOf(headers: string): Pick<FormPart, 'name' | 'fileName'> {
  const [, disposition] = /\r\ncontent-disposition:[ \t]*form-data[ \t]*(;[^\r\n]*)/i.exec(headers) ?? [];
  const name = parameterOf(disposition ?? '', 'name');
  if (name === undefined) throw malformed();
  const path = parameterOf(disposition ?? '', 'filename') ?? '';
  return { name, fileName: path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1) };
}

/** Browsers escape quotes and line breaks of a name by percent signs (WHATWG HTML, "Multipart form data"). */
function parameterOf(disposition: string, parameter: string): string | undefined {
  const found = new RegExp(`;[ \\t]*${parameter}=(?:"([^"]*)"|([^;\\s"]+))`, 'i').exec(disposition);
  return (found?.[1] ?? found?.[2])?.replace(/%(?:22|0D|0A)/gi, decodeURIComponent);
}

function malformed(): S3Error {
  return new S3Error(
    'MalformedPOSTRequest',
    'The body of your POST request is not well-formed multipart/form-data.',
  );
}
