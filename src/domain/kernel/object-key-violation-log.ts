import { type KeyViolation, type KeyViolationCode, maxReportedViolations } from './object-key-violations.ts';

/** Collects the violations of one key, each code once a position, up to {@link maxReportedViolations}. */
export class KeyViolationLog {
  private readonly violations: KeyViolation[] = [];

  get full(): boolean {
    return this.violations.length >= maxReportedViolations;
  }

  get empty(): boolean {
    return this.violations.length === 0;
  }

  add(code: KeyViolationCode, position: number, explanation: string): void {
    if (this.full || this.violations.some(known => known.code === code && known.position === position))
      return;
    this.violations.push({ code, position, explanation });
  }

  inOrder(): readonly KeyViolation[] {
    return this.violations.toSorted((a, b) => a.position - b.position);
  }
}
