/** One promise of a port, checked on any adapter of it. */
export interface ContractCase<Subject> {
  /** What is promised, as a sentence about the port. */
  readonly name: string;
  /** Rejects where the promise is broken. Each call gets a fresh or shared subject; cases use names of their own. */
  run(subject: Subject): Promise<void>;
}

/**
 * All promises of one port, tied to no test runner.
 *
 * @example
 * for (const { name, run } of uploadLedgerContract.cases) {
 *   test(name, () => run({ ledger: new MyLedger() }));
 * }
 */
export interface Contract<Subject> {
  readonly port: string;
  readonly cases: readonly ContractCase<Subject>[];
}
