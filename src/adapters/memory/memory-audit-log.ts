import type { AppendOutcome, AuditEntry, AuditLog } from '../../ports/audit-log.ts';

/**
 * An append-only audit log in memory. Entries are copied in and out.
 *
 * @example
 * const audit = new MemoryAuditLog();
 * await starter.admit({ ...upload, key: '../../etc/passwd' });
 * expect(audit.entries[0]?.action).toBe('upload.refuse');
 */
export class MemoryAuditLog implements AuditLog {
  readonly #entries: AuditEntry[] = [];

  /** Every entry of every request, in the order of arrival. */
  get entries(): readonly AuditEntry[] {
    return structuredClone(this.#entries);
  }

  async append(entry: AuditEntry): Promise<AppendOutcome> {
    const known = this.#entries.some(
      other =>
        other.id === entry.id && other.requestId === entry.requestId && other.timestamp === entry.timestamp,
    );
    if (known) return { outcome: 'duplicate' };
    this.#entries.push(structuredClone(entry));
    return { outcome: 'appended' };
  }

  async *entriesOf(requestId: string): AsyncGenerator<AuditEntry> {
    // Canonical timestamps sort as text; the sort is stable, so the order of arrival is the sequence.
    const ofRequest = this.#entries
      .filter(entry => entry.requestId === requestId)
      .sort((a, b) => (a.timestamp < b.timestamp ? -1 : Number(a.timestamp > b.timestamp)));
    for (const entry of ofRequest) yield structuredClone(entry);
  }
}
