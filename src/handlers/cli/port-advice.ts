const signIn =
  'name a profile (AWS_PROFILE), sign in (aws sso login), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY';
const none = `no usable credentials were found: ${signIn}`;
const expired = 'the credentials have expired: sign in again (aws sso login), or fetch new ones';
// The security token service answers this also where a region is off for the account.
const unknown =
  'AWS does not know these credentials: check AWS_PROFILE or the keys with their AWS_SESSION_TOKEN, and that the account has the region switched on';
const mismatch = 'check AWS_SECRET_ACCESS_KEY, and the clock of this machine';
const elsewhere = 'the bucket is of another region: set AWS_REGION to that one';
const denied = 'these credentials, or the policy of what was asked, do not permit the call';
const unreached = 'the service was not reached: check AWS_REGION, AWS_ENDPOINT_URL and the network';

/** What to do, by the codes of AWS ("Common Errors" of each API reference; "Error responses" of Amazon S3) and of sockets. */
const adviceByCode: ReadonlyMap<string, string> = new Map([
  ['CredentialsError', none],
  ['CredentialsProviderError', none],
  ['MissingAuthenticationToken', none],
  ['TokenProviderError', none],
  ['ExpiredToken', expired],
  ['ExpiredTokenException', expired],
  ['TokenRefreshRequired', expired],
  ['InvalidAccessKeyId', unknown],
  ['InvalidClientTokenId', unknown],
  ['InvalidToken', unknown],
  ['UnrecognizedClientException', unknown],
  ['InvalidSignatureException', mismatch],
  ['RequestTimeTooSkewed', mismatch],
  ['SignatureDoesNotMatch', mismatch],
  ['AuthorizationHeaderMalformed', elsewhere],
  ['IllegalLocationConstraintException', elsewhere],
  ['PermanentRedirect', elsewhere],
  ['NoSuchBucket', 'there is no such bucket: check its name, and whose account and endpoint is asked'],
  ['ResourceNotFoundException', 'there is no such table here: check its name, AWS_REGION and AWS_PROFILE'],
  ['AccessDenied', denied],
  ['AccessDeniedException', denied],
  ['ECONNREFUSED', unreached],
  ['EAI_AGAIN', unreached],
  ['EHOSTUNREACH', unreached],
  ['ENETUNREACH', unreached],
  ['ENOTFOUND', unreached],
  ['ETIMEDOUT', unreached],
  ['TimeoutError', unreached],
]);

/** What is missing and what to do about it, in one line without an end; undefined where the code says all that is known. */
export function portAdvice(code: string): string | undefined {
  return adviceByCode.get(code);
}
