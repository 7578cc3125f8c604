import { printableText } from '../../domain/kernel/printable-text.ts';

/** What Linux allows a path. */
const maxPathLength = 4096;

/** A path made safe to show, whole: cut short, it could not be found. */
export function printablePath(path: string): string {
  return printableText(path, maxPathLength);
}
