/** What the text right before a value calls it. */
export interface ValueLabel {
  /**
   * The nearest word first, in lower case: those of its key (`cardNumber`, `card_number`, `<CardNumber>`), or of its
   * sentence back to the last full stop, comma, line or number. Words that only join are left out.
   */
  readonly words: readonly string[];
  /** The nearest word says what is numbered: `loan number`, `Kd-Nr.`, `n° de dossier`, `approval code`. */
  readonly numbered: boolean;
  /** A sign ties the label to the value: a colon, an equals sign, a tag. */
  readonly assigned: boolean;
}

/** What a number is called by, behind the word for what it numbers. */
const numberingWord =
  /^(?:number|numbers|num|no|nos|nr|nro|nbr|nummer|numero|número|numéro|номер|code|codes)$/u;
/** The same before that word: `n° de dossier`. */
const numberingBefore = /^(?:numero|número|numéro)$/u;
/** Words that join a label to its value, or wrap it, and say nothing of the value. */
const joiningWords =
  /^(?:value|is|was|are|were|be|the|a|an|of|at|in|my|your|our|his|her|their|this|following|ending|full|new|old|primary|td|th|tr|b|i|n|p|li|dd|dt|em|strong|span|div|ist|lautet|est|es|de|la|le|el|del|der|die|das|as|xs|string|text|data|field)$/u;

/** What may stand behind the word `number`: `order number is …`, `numéro de dossier est le …`. */
const verbOrArticle = /^(?:is|was|ist|lautet|est|es|a|el|le)$/;
/** What may stand between a label and its value: blanks, quotes, brackets and signs of assignment. */
const betweenLabelAndValue = /[\s\u200b"'`´‘’“”„«»:=#№>()[\]{}<*~|\\/_+-]*$/u;
const wordOrStop = /\p{Lu}{2,}s(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{Lu}+(?!\p{Ll})|[\p{Lo}]+|\d+|[.;!?,\n]/gu;
const abbreviation = /^(?:no|\p{L}*nr|n|num|tel|acct|ref|réf|inv|ord|ser|art|ext|ph|mob|st)$/u;
/** The end of another element; cells and emphasis part no label from its value. */
const closingTag = /<\/(?!(?:t[dh]|d[td]|b|i|em|strong|span|label|p|li|div|h\d)>)[\w:.-]{1,32}>/gi;
const reach = 64;
const mostWords = 6;
/** A line of more words is a sentence, no heading of the line below. */
const mostHeadingWords = 4;

/** The label of the value that this text leads up to. */
export function valueLabel(before: string): ValueLabel {
  const near = before.slice(-reach);
  const between = betweenLabelAndValue.exec(near)?.[0] ?? '';
  const assigned = /[:=>]/.test(between);
  const label = near
    .slice(0, near.length - between.length)
    .replace(/(?<![\p{L}\d])S\/N$/iu, 'serial no')
    .replace(/(?<![\p{L}\d])P\/N$/iu, 'part no')
    .replaceAll(/(?<!\p{L})n(?:\.?[°º]|\.(?=$| ))/giu, 'numero')
    .replaceAll(closingTag, ';')
    // `ssn1: …` names what `ssn: …` does.
    .replace(assigned ? /(?<=\p{L}[_-]?)\d{1,2}$/u : /$^/, '');
  // A word that the cut went through is no word.
  const whole = before.length > reach ? label.replace(/^[\p{L}\d]+/u, '') : label;
  const { words, numbered } = wordsOf(whole, /[#№]/.test(between));
  const isSentence = !assigned && between.includes('\n') && words.length > mostHeadingWords;
  return isSentence
    ? { words: [], numbered: false, assigned }
    : { words: words.slice(0, mostWords), numbered, assigned };
}

/** The words of a label, its numbering ones told apart: `loan number`, `number of loan`. */
function wordsOf(label: string, hasNumberSign: boolean): { words: string[]; numbered: boolean } {
  const words: string[] = [];
  let numbered = false;
  let awaitsNumbered = hasNumberSign;
  for (const word of clauseBackwards(label)) {
    if (numberingWord.test(word)) {
      awaitsNumbered ||= words.length === 0;
      numbered ||= words.length === 1 && numberingBefore.test(word);
    } else if (joiningWords.test(word)) {
      // `The number` numbers nothing that has a name.
      awaitsNumbered &&= verbOrArticle.test(word);
    } else {
      if (words.length === 0) numbered = awaitsNumbered;
      words.push(word);
    }
    if (words.length > mostWords) break;
  }
  return { words, numbered };
}

/** Words in lower case, the nearest first, back to the last sign that ends what belongs to the value. */
function* clauseBackwards(label: string): Generator<string> {
  let last = '';
  for (const [token] of [...label.matchAll(wordOrStop)].toReversed()) {
    const word = token.toLowerCase();
    // `No. 4` goes on before its full stop.
    if (word !== '.' && last === '.' && !abbreviation.test(word)) return;
    if (/^(?:\d+|[;!?,\n])$/.test(word)) return;
    if (word !== '.') yield word;
    last = word;
  }
}

/** What the title of a column says of the values below it. */
export function titleLabel(title: string): ValueLabel {
  return valueLabel(`${title}:`);
}
