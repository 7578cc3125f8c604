/** Values of condition keys. */
export type ConditionContext = Readonly<Record<string, string | readonly string[]>>;

/** One thing that a caller has to be allowed for a call to be served. */
export interface NeededPermission {
  /** As the Service Authorization Reference names it: `s3:PutObject`. */
  readonly action: string;
  /** An ARN, or `*` of an action that knows no resources. */
  readonly resource: string;
  /** What the call itself says; who calls, and from where, is added. */
  readonly context?: ConditionContext;
  /** The resource's own policy, where it is not the one that stands in the templates. */
  readonly resourcePolicy?: object;
  /** A service asks it in the caller's name: by its host, `s3.eu-central-1.amazonaws.com`. */
  readonly via?: string;
}
