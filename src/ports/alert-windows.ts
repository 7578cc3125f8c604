import type { AlertSeverity } from './alert-channel.ts';
import type { Timestamp } from './clock.ts';

/**
 * What a window gathers: `matches` of one rule, to be told in a summary of their own; or what has been `suppressed` under
 * one rule and account in a day, to be told at its end.
 */
export type AlertWindowKind = 'matches' | 'suppressed';

/** A time in which what is alike is told of together. */
export interface AlertWindow {
  readonly schemaVersion: 1;
  /** The same for the same kind, rule, account, group and start; another for any other. At most 128 characters of ASCII. */
  readonly id: string;
  readonly kind: AlertWindowKind;
  /** Id of the rule. */
  readonly rule: string;
  /** What it means when the rule matches, for people. */
  readonly title: string;
  readonly severity: AlertSeverity;
  readonly account: string;
  /** What else its entries have in common, for example `{ "userIdentity.arn": "arn:aws:iam::111122223333:user/eve" }`. */
  readonly group: Readonly<Record<string, string>>;
  readonly start: Timestamp;
  readonly end: Timestamp;
}

/** Something that happened in a window, or several things that are told as one. */
export interface AlertWindowEntry {
  /** Tells an entry from the others of its window. */
  readonly id: string;
  /** For how many events it stands. */
  readonly count: number;
  readonly firstAt: Timestamp;
  readonly lastAt: Timestamp;
  /** What the events are counted by, for example `{ "Event": "DeleteTrail", "Region": "eu-central-1" }`. */
  readonly facts: Readonly<Record<string, string>>;
  /** Why nobody is told of it at once. */
  readonly suppressed?: { readonly owner: string; readonly reason: string };
}

/** How many events people have been told of. */
export interface AlertWindowTally {
  /** Events that are not suppressed. */
  readonly alerted: number;
  readonly suppressed: number;
}

/** A window and what has become of it. */
export interface AlertWindowState extends AlertWindow {
  /** Id of the entry that is announced at once; absent while there is none. */
  readonly first?: string;
  /** Whether that has been announced. */
  readonly announced: boolean;
  /** What has been concluded last; absent where nothing has. */
  readonly told?: AlertWindowTally;
  /** When the window is to be told of; absent once that is done. */
  readonly dueAt?: Timestamp;
  /** Grows with each addition. */
  readonly revision: number;
}

export interface AlertWindowAddition {
  readonly window: AlertWindow;
  /** At least one, each under another id. */
  readonly entries: readonly AlertWindowEntry[];
  /** Id of the entry that is to be announced at once, if no other is. */
  readonly first?: string;
  /** When the window is to be told of, if that is not settled. */
  readonly dueAt: Timestamp;
}

/**
 * Windows and their entries, kept until they have been told of and for some time after. No call is a transaction: an
 * addition puts the entries first and the window after them, so that a reader who finds a window finds its entries.
 */
export interface AlertWindows {
  /**
   * Puts each entry under its id, in place of the one that is there; then the window, where it is not there, and its
   * claims: the first one to name a `first`, and the first `dueAt` since the window was concluded last, stand. What a
   * window says of itself stays as it was put first. The revision grows.
   *
   * May fail having put some of it; adding the same again puts the rest and doubles nothing.
   */
  add(addition: AlertWindowAddition): Promise<AlertWindowState>;
  /** Notes that the window's first entry has been announced. A window that is not there (any more) is none to note anything of. */
  markAnnounced(id: string): Promise<void>;
  /** As it is now. */
  find(id: string): Promise<AlertWindowState | undefined>;
  /** All entries, in no order. What is added meanwhile may be among them. */
  entries(id: string): AsyncIterable<AlertWindowEntry>;
  /** Ids of the windows that are due at that time. What was added or concluded a moment ago may be missing or still there. */
  due(now: Timestamp): AsyncIterable<string>;
  /**
   * Notes what has been told, and that the window is not due any more; the latter only if nothing has been added since
   * `revision`, which is what this answers. A window that is not there (any more) is concluded.
   */
  conclude(id: string, revision: number, told: AlertWindowTally): Promise<boolean>;
}
