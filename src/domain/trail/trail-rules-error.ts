/** A rules file cannot be used; `faults` holds one line for each thing that is wrong, with its place. */
export class TrailRulesError extends Error {
  readonly code = 'InvalidTrailRules';
  readonly faults: readonly string[];

  constructor(faults: readonly string[], options?: ErrorOptions) {
    super(`The rules cannot be used:\n${faults.map(fault => `- ${fault}`).join('\n')}`, options);
    this.name = 'TrailRulesError';
    this.faults = faults;
  }
}
