/** One method of one resource, answered by a function. */
export interface ApiMethod {
  /** `ANY` takes every method. */
  readonly httpMethod: string;
  /** For example `/documents/{id}`; `{rest+}` takes all segments that are left. */
  readonly path: string;
  readonly resourceId: string;
  readonly functionArn: string;
  /** How long the gateway waits for the function. */
  readonly timeoutMs: number;
  readonly authorization: 'AWS_IAM' | 'NONE';
  readonly apiKeyRequired: boolean;
  /** Tells whether a body fits, by media type; empty where bodies are not validated. */
  readonly bodyValidators: ReadonlyMap<string, (body: unknown) => boolean>;
}
