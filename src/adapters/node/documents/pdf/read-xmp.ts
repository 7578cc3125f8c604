import { walkXml } from '../walk-xml.ts';

/** Texts of an XMP packet, which writes properties as elements or as attributes; as it stands where it is no XML. */
export function readXmp(packet: string): string[] {
  const texts: string[] = [];
  try {
    walkXml(Buffer.from(packet), {
      open: (_, attributes) => texts.push(...Object.values(attributes)),
      text: text => texts.push(text),
    });
  } catch {
    return [packet];
  }
  // Names of vocabularies stand in every packet.
  return texts
    .map(text => text.trim())
    .filter(text => text !== '' && !/^(?:https?:\/\/[\w./#-]*|adobe:ns:meta\/)$/.test(text));
}
