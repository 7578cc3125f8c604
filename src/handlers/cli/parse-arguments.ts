import { type ParseArgsOptionDescriptor, type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { printableText } from '../../domain/kernel/printable-text.ts';
import { UsageError } from './verb.ts';

/**
 * A verb's options and operands. Options may stand between operands; what follows `--` is an operand, whatever it is.
 *
 * @throws {UsageError} for an option that is none of these, or a value where none, or no value where one, belongs.
 */
export function parseArguments<Options extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: Options,
) {
  const config = { args: [...args], options, allowPositionals: true, tokens: true } as const;
  // Its strict form has messages of its own, in which a hostile argument is hard to tell from the text.
  for (const token of parseArgs({ ...config, strict: false }).tokens) {
    if (token.kind === 'option')
      refuse(token, Object.hasOwn(options, token.name) ? options[token.name] : undefined);
  }
  const { values, tokens } = parseArgs(config);
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

interface OptionToken {
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function refuse({ rawName, value, inlineValue }: OptionToken, option: ParseArgsOptionDescriptor | undefined) {
  if (option === undefined) throw new UsageError(`unknown option "${printableText(rawName)}"`);
  if (option.type === 'boolean') {
    if (value !== undefined) throw new UsageError(`${rawName} takes no value`);
    return;
  }
  if (value === undefined) throw new UsageError(`${rawName} needs a value`);
  // Most likely the value was forgotten, and the next option taken for it.
  if (inlineValue !== true && value.length > 1 && value.startsWith('-')) {
    throw new UsageError(`${rawName} needs a value; one that begins with - is given as ${rawName}=<value>`);
  }
}
