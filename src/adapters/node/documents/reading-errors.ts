import type { ReadingBudget } from '../../../ports/document-inspector.ts';

/** A document that does not open as what it sets out to be. The message is plain and holds no content. */
export class BrokenDocumentError extends Error {
  override readonly name = 'BrokenDocumentError';
}

/** A document that takes more than is allowed. The message is plain and holds no content. */
export class OverBudgetError extends Error {
  override readonly name = 'OverBudgetError';
  readonly budget: ReadingBudget;

  constructor(budget: ReadingBudget, explanation: string) {
    super(explanation);
    this.budget = budget;
  }
}

/** What is wrong with a document, from whatever reading it threw: a parser's own message may hold content. */
export function explainBreakage(error: unknown): string {
  return error instanceof BrokenDocumentError ? error.message : 'its structure cannot be read';
}
