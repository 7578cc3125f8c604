import { printableText } from '../../domain/kernel/printable-text.ts';
import type { PortError } from '../../ports/failure.ts';
import { portAdvice } from './port-advice.ts';

/** A line for people: which call failed, what its cause says of the permission or setting that is missing, and what to do. */
export function explainPortError({ message, cause, code }: PortError): string {
  // By its shape: in a sandbox (a test runner's) the errors of Node.js are of another realm.
  const { message: detail } = (cause ?? {}) as Partial<Error>;
  const advice = portAdvice(code);
  const what = printableText(detail === undefined ? message : `${message} (${detail})`, 1000);
  return advice === undefined ? what : `${what}: ${advice}`;
}
