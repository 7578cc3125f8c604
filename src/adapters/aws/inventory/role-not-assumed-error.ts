/** The credentials of another account could not be had; `cause` is what STS answered. */
export class RoleNotAssumedError extends Error {
  override readonly name = 'RoleNotAssumedError';

  constructor(roleArn: string, cause: unknown) {
    super(`The role ${roleArn} could not be assumed`, { cause });
  }
}
