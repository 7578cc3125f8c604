import { type FailureKind, PortError } from '../../ports/failure.ts';

const kindByCode: Readonly<Record<string, FailureKind>> = {
  EACCES: 'denied',
  EPERM: 'denied',
  EBUSY: 'retryable',
  EIO: 'retryable',
  EMFILE: 'retryable',
  ENFILE: 'retryable',
  ESTALE: 'retryable',
};

/** Whether nothing is there, at the end of a link neither. */
export function isAbsent(error: unknown): boolean {
  return codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR' || codeOf(error) === 'ENAMETOOLONG';
}

export function translateFileFailure(error: unknown, operation: string, target: string): PortError {
  const code = codeOf(error);
  return new PortError({
    kind: kindByCode[code] ?? 'permanent',
    operation,
    code,
    message: `${operation} on ${target} failed: ${code}`,
    cause: error,
  });
}

export function absentFolder(bucket: string, operation: string): PortError {
  return new PortError({
    kind: 'not-found',
    operation,
    code: 'NoSuchBucket',
    message: `${operation} on ${bucket} failed: there is no such folder`,
  });
}

function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException | undefined)?.code ?? 'UnknownFileError');
}
