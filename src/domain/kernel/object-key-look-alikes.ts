/**
 * Characters that a reader may take for `.`, `/` or `\`, beyond those which NFKC itself folds: confusables of
 * UTS #39, full stops that IDNA reads as dots, and the private-use slots of old Windows best-fit tables.
 */
const lookAlikes = new Map<string, string>([
  ...standingFor('.', ['\u3002', '\u0701', '\u0702', '\ua4f8', '\ua60e', '\u{10a50}', '\u{1d16d}']),
  ...standingFor('/', ['\u2044', '\u2215', '\u29f8', '\u2041', '\u2571', '\u27cb', '\u{1d23a}', '\uefc8']),
  ...standingFor('\\', [
    '\u2216',
    '\u29f5',
    '\u29f9',
    '\u2572',
    '\u27cd',
    '\u{1d20f}',
    '\u{1d23b}',
    '\uf025',
  ]),
]);

/**
 * What a character becomes for a reader that normalizes (NFKC) or maps look-alikes. Ordinary text folds too
 * (`½` has a fraction slash, `…` three dots), so a fold is no fault by itself: what comes of it is judged.
 */
export function foldLookAlike(character: string): string {
  const folded = character.normalize('NFKC');
  let result = '';
  for (const part of folded) result += lookAlikes.get(part) ?? part;
  return result;
}

function standingFor(delimiter: string, characters: readonly string[]): [string, string][] {
  return characters.map(character => [character, delimiter]);
}
