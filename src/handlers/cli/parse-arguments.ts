import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { printableText } from '../../domain/kernel/printable-text.ts';
import { UsageError } from './verb.ts';

/**
 * A verb's options and operands. Options may stand between operands; what follows `--` is an operand, whatever it is.
 *
 * @param verb Its words, for messages.
 * @throws {UsageError} for an option that is none of these, or a value where none, or no value where one, belongs.
 */
export function parseArguments<Options extends ParseArgsOptionsConfig>(
  verb: string,
  args: readonly string[],
  options: Options,
) {
  const { values, tokens } = parse(verb, args, options);
  const terminator = tokens.find(token => token.kind === 'option-terminator')?.index ?? args.length;
  const operands = tokens
    .filter(token => token.kind === 'positional')
    .map(({ value, index }): Operand => ({ value, isStdin: value === '-' && index < terminator }));
  return { values, operands };
}

export interface Operand {
  readonly value: string;
  /** Whether it is a `-` that stands for stdin: one after `--` does not. */
  readonly isStdin: boolean;
}

function parse<Options extends ParseArgsOptionsConfig>(
  verb: string,
  args: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, tokens: true });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${verb}: ${printableText(message)}`, { cause: error });
  }
}
