import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('../config/', import.meta.url);

/** What the sources of the configuration say about its options. */
export interface OptionComments {
  /** The doc comment above each option, as one line, by the option's name. */
  readonly options: ReadonlyMap<string, string>;
  /** The doc comment above each topic file's options and the names of these, by the file's topic (`network`). */
  readonly topics: ReadonlyMap<string, { readonly title: string; readonly options: readonly string[] }>;
}

/** The doc comments of `infra/config/*configuration.ts`. An option stands at two spaces, its comment right above it. */
export function readOptionComments(): OptionComments {
  const options = new Map<string, string>();
  const topics = new Map<string, { title: string; options: string[] }>();
  for (const file of readdirSync(folder).filter(name => name.endsWith('configuration.ts'))) {
    const text = readFileSync(new URL(file, folder), 'utf8');
    const own = [...commentsAbove(text, / {2}(\w+):/y)];
    for (const [name, comment] of own) options.set(name, comment);
    const [title] = [...commentsAbove(text, /export const (\w+Configuration) =/y)];
    const topic = /^(.+)-configuration\.ts$/.exec(file)?.[1];
    if (topic !== undefined && title !== undefined) {
      topics.set(topic, { title: title[1], options: own.map(([name]) => name) });
    }
  }
  return { options, topics };
}

/** Each name that `declaration` finds right below a doc comment, with that comment's words. */
function* commentsAbove(text: string, declaration: RegExp): Generator<[name: string, words: string]> {
  for (const comment of text.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n/g)) {
    declaration.lastIndex = comment.index + comment[0].length;
    const name = declaration.exec(text)?.[1];
    if (name !== undefined) yield [name, oneLine(comment[1] ?? '')];
  }
}

const oneLine = (comment: string) =>
  comment
    .split('\n')
    .map(line => line.replace(/^\s*\*? ?/, '').trim())
    .join(' ')
    .trim();
