import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const fromRoot = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** The text of a document, by its path from the root. */
export const textOfDocument = (path: string): string => readFileSync(fromRoot(path), 'utf8');

/** The rows of all tables of a document, each as its cells; heads and rules left out. */
export function rowsOf(path: string): string[][] {
  const rows = textOfDocument(path)
    .split('\n')
    .filter(line => line.startsWith('| '))
    .map(line => line.split(' | ').map(cell => cell.replace(/^\| | \|$/g, '')));
  return rows.filter(cells => !['row', 'safeguard', 'requirement'].includes(cells[0] ?? ''));
}

/** Paths of this repository that a text names in backticks. */
export const pathsIn = (text: string): string[] =>
  [...text.matchAll(/`((?:src|infra|test|docs)\/[^`]+)`/g)].map(match => match[1] ?? '');

export const isThere = (path: string): boolean => existsSync(fromRoot(path));

/** Whether the file is a test that can fail. */
export const isTest = (path: string): boolean =>
  /^test\/.+\.test\.ts$/.test(path) && isThere(path) && textOfDocument(path).includes('expect(');
