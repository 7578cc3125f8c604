import { expiredExemptions } from '../../domain/compliance/exemptions.ts';
import { inspectInventory } from '../../domain/compliance/inspect-inventory.ts';
import type { InventoryFile } from '../../domain/compliance/inventory-file.ts';
import { judgeResource } from '../../domain/compliance/judge-resource.ts';
import { InventoryFileError, readInventoryFile } from '../../domain/compliance/read-inventory-file.ts';
import { canonicalTime } from '../../domain/kernel/canonical-time.ts';
import { parseJson } from '../../domain/kernel/parse-json.ts';
import { printableText } from '../../domain/kernel/printable-text.ts';
import { readCompliancePolicyFile } from '../read-compliance-policy.env.ts';
import { ComplianceOutput, readFormat } from './compliance-output.ts';
import { assertFiles, readOperand } from './judge-files.ts';
import { parseArguments } from './parse-arguments.ts';
import { printablePath } from './printable-path.ts';
import { ProgressLine } from './progress-line.ts';
import { systemTimer, type Timer } from './timer.ts';
import { UsageError, type Verb } from './verb.ts';

/** Bytes of an inventory file that are read at most: JavaScript holds no longer text. */
const maximumBytes = 500_000_000;

/** The verb `sallyport compliance report`. */
export const reportCompliance: Verb = reportComplianceBy(systemTimer);

/** The verb, by a clock of choice. */
export function reportComplianceBy(timer: Timer): Verb {
  return {
    help: helpText(),

    async run(args, streams) {
      const { values, operands } = parseArguments(args, {
        format: { type: 'string', default: 'text' },
        json: { type: 'boolean', default: false },
        policy: { type: 'string', default: 'default' },
      });
      const format = values.json ? 'json' : readFormat(values.format);
      assertFiles(operands);
      const [operand, another] = operands;
      if (operand === undefined || another !== undefined) throw new UsageError('give one inventory file');
      const policy = readCompliancePolicyFile(values.policy, process.cwd());
      const content = await readOperand(operand, streams, maximumBytes);
      const file = inventoryOf(content, printablePath(operand.value));

      const at = canonicalTime(new Date(file.capturedAt));
      const progress = new ProgressLine(
        streams.stderr,
        timer,
        () => `${output.results} results of ${file.resources.length} resources`,
      );
      const output = new ComplianceOutput(streams, format, at, () => progress.clear());
      try {
        const expired = expiredExemptions(policy, at).length;
        if (expired > 0)
          await progress.say(`Exemptions of the policy that have expired, and count as none: ${expired}`);
        await output.begin();
        for (const place of file.unread) await output.addUnlisted(place);
        for (const inspected of inspectInventory(file)) {
          for (const result of judgeResource(inspected, policy, at)) await output.add(result);
        }
        return await output.finish();
      } finally {
        progress.stop();
      }
    },
  };
}

type Content = Awaited<ReturnType<typeof readOperand>>;

/** @throws an error that names the file and each fault of it. */
function inventoryOf(content: Content, place: string): InventoryFile {
  if ('unreadable' in content) throw new Error(`${place}: ${content.unreadable}`);
  if ('tooLarge' in content) throw new Error(`${place}: has more than ${maximumBytes} bytes`);
  const value = parseJson(new TextDecoder().decode(content.bytes));
  if (value === undefined) throw new Error(`${place}: is no JSON`);
  try {
    return readInventoryFile(value);
  } catch (error) {
    if (!(error instanceof InventoryFileError)) throw error;
    const shown = error.faults.slice(0, faultsShown).map(fault => `- ${printableText(fault, 500)}`);
    const more = error.faults.length - shown.length;
    throw new Error(
      [`${place} cannot be used:`, ...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('\n'),
      { cause: error },
    );
  }
}

const faultsShown = 20;

function helpText(): string {
  return `Usage: sallyport compliance report [options] <facts.json>

Judges the resources of an inventory file as the deployed scanner would. Needs no account. The file is what
sallyport compliance scan --facts writes, or what another tool writes by docs/inventory.schema.json; - stands for stdin.
What could not be read is a fact too: it makes a verdict indeterminate, which is no pass.

Options:
  --policy <file>    What is enough: JSON by docs/compliance-policy.schema.json. Without it: customer-managed keys
                     everywhere, all checks, no exemptions
  --format <format>  text: what does not pass, a line each, and a summary
                     json: a line of JSON for each result, {"resource","type","account","region","name","check","title",
                     "severity","verdict","grade","explanation","exempt","exemption","unread","remedy","references"};
                     for each place that could not be listed, {"unlisted","account","region","verdict","reason","api",
                     "code"}
                     csv: all results (RFC 4180), with a header; a place that could not be listed is a line of check
                     inventory
                     asff: what does not pass, and each place that could not be listed, a JSON array in the AWS Security
                     Finding Format
                     With all but text, the summary goes to stderr
  --json             The same as --format json
  -h, --help         Show this text

Exemptions are judged at the time the file was captured.

Exit codes: 0 all passes or is exempt; 1 something fails or could not be judged, or there is nothing to judge; 2 wrong usage, or a file that cannot be
read or used; 141 whoever read the output has gone away.`;
}
