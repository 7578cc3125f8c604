import { PDFDocument } from 'pdf-lib';

/** The number of a Visa test card, as documentation shows it. */
const card = '4111 1111 1111 1111';
/** The number that everyone writes who needs an example. */
const socialSecurityNumber = '123-45-6789';

export interface SampleDocument {
  readonly key: string;
  readonly contentType: string;
  readonly content: string | Uint8Array;
}

export interface SampleDocuments {
  readonly clean: readonly SampleDocument[];
  /** They hold numbers that must not leave. */
  readonly sensitive: readonly SampleDocument[];
  /** They are not what they say. */
  readonly invalid: readonly SampleDocument[];
  /** Their text cannot be read. */
  readonly unreadable: readonly SampleDocument[];
}

/** Documents of every kind, made on the spot. */
export async function sampleDocuments(): Promise<SampleDocuments> {
  const pdf = (key: string, content: string | Uint8Array) => ({
    key,
    contentType: 'application/pdf',
    content,
  });
  const text = (key: string, content: string) => ({ key, contentType: 'text/plain', content });
  const letter = await pdfOf('Dear Ann, the meeting is on Monday.');
  return {
    clean: [
      pdf('letters/meeting.pdf', letter),
      text(
        'letters/meeting.txt',
        'Dear Ann,\nthe meeting is on 2026-11-23. Order 1234567890123456 is on its way.\n',
      ),
    ],
    sensitive: [
      pdf('claims/card.pdf', await pdfOf(`Please charge my card ${card} for the claim.`)),
      text('claims/applicants.csv', `name,ssn\nAnn Example,${socialSecurityNumber}\n`),
    ],
    invalid: [
      pdf('forged/invalid.pdf', 'this is not a valid PDF'),
      text('forged/letter.txt', Buffer.from(letter).toString('latin1')),
    ],
    unreadable: [pdf('scans/picture.pdf', await pictureOf())],
  };
}

async function pdfOf(line: string): Promise<Uint8Array> {
  const document = await PDFDocument.create();
  document.addPage().drawText(line, { x: 40, y: 700, size: 12 });
  return document.save();
}

/** A page that is nothing but a picture, as a scanner makes it. */
async function pictureOf(): Promise<Uint8Array> {
  const document = await PDFDocument.create();
  const pixel = await document.embedPng(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=',
  );
  document.addPage().drawImage(pixel, { x: 0, y: 0, width: 400, height: 600 });
  return document.save();
}
