/** Words that join a label to its value, or wrap it, and say nothing of the value. */
const joiningWords =
  /^(?:number|numbers|num|no|nos|nr|nro|nummer|numero|número|numéro|n|code|value|is|was|are|were|be|the|a|an|of|my|your|our|his|her|their|this|following|ending|full|new|old|primary|td|th|tr|b|i|p|li|dd|dt|em|strong|span|div|ist|lautet|est|es|de|la|le|el|del|der|die|das|as|xs|string|text|data|field)$/u;

/** What may stand between a label and its value: blanks, quotes, brackets and signs of assignment. */
const betweenLabelAndValue = /[\s\u200b"'`´‘’“”„«»:=#>()[\]{}<*~|\\/_+-]*$/u;
const wordOrStop = /\p{Lu}?\p{Ll}+|\p{Lu}+(?!\p{Ll})|[\p{Lo}]+|\d+|[.;!?,\n]/gu;
const abbreviation = /^(?:no|nr|num|tel|acct|ref|inv|ord|ph|mob|st)$/;
const reach = 64;
const mostWords = 6;

/**
 * The words that lead up to a value, the nearest first, in lower case: those of its key (`cardNumber`,
 * `card_number`, `<CardNumber>`), or of its sentence back to the last full stop, comma, line or number. Words that
 * only join are left out.
 */
export function labelWords(before: string): string[] {
  const tail = before.slice(-reach).replace(betweenLabelAndValue, '');
  // A word that the cut went through is no word.
  const whole = before.length > reach ? tail.replace(/^[\p{L}\d]+/u, '') : tail;
  const words: string[] = [];
  let last = '';
  for (const [token] of [...whole.matchAll(wordOrStop)].toReversed()) {
    const word = token.toLowerCase();
    const stops = /^(?:\d+|[;!?,\n]|\.)$/.test(word);
    // `No. 4` goes on before its full stop; every other sign ends what belongs to the value.
    if (word !== '.' && last === '.' && !abbreviation.test(word)) break;
    last = word;
    if (word === '.') continue;
    if (stops) break;
    if (!joiningWords.test(word)) words.push(word);
    if (words.length === mostWords) break;
  }
  return words;
}

/** What the title of a column says of the values below it; in the order of `labelWords`. */
export function titleWords(title: string): string[] {
  return labelWords(`${title}:`);
}
