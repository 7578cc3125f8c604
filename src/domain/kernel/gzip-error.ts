/** Compressed bytes cannot be inflated to their end. What came before the fault has been handed over. */
export class GzipError extends Error {
  /** `damaged-gzip`: they cannot be inflated, or their checksum is wrong, or others follow them; `truncated`: they end too early. */
  readonly code: 'damaged-gzip' | 'truncated';

  constructor(code: GzipError['code'], message: string) {
    super(message);
    this.name = 'GzipError';
    this.code = code;
  }
}
