/** DDE starts a program; DDEAUTO is its form that runs by itself. */
const program = /^["\s]*DDE(?:AUTO)?\b/i;

/** Fields whose result is another file, and what follows their name. */
const include = /^["\s]*(?:INCLUDETEXT|INCLUDEPICTURE|INCLUDE|IMPORT|LINK|RD)\b(.*)/is;

/** A URL, or a share on the network, as an argument. */
const elsewhere = /(?:^|[\s"])(?:[a-z][a-z\d+.-]+:|\\\\|\/\/)/i;

/**
 * What a field of Word does when the document opens, by its instruction (ECMA-376 part 1, 17.16.5): starts a program,
 * fetches from elsewhere, or neither. A program's name is also found where QUOTE spells it in character codes, or SET
 * puts it under a bookmark for another field to name.
 */
export function tellField(instruction: string): 'program' | 'fetch' | undefined {
  if (program.test(instruction) || program.test(producedText(instruction))) return 'program';
  const argument = include.exec(instruction)?.[1];
  return argument !== undefined && elsewhere.test(argument) ? 'fetch' : undefined;
}

function producedText(instruction: string): string {
  const set = /^["\s]*SET\s+\S+\s(.*)/is.exec(instruction)?.[1] ?? instruction;
  const quoted = /^["\s]*QUOTE\b(.*)/is.exec(set)?.[1] ?? set;
  const codes = /^(?:\s*\d{1,3}\b)+/.exec(quoted)?.[0] ?? '';
  return codes === ''
    ? quoted
    : String.fromCharCode(...codes.trim().split(/\s+/).slice(0, 1_000).map(Number));
}
