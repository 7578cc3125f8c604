/** A value at the end of a path: neither a list nor an object. */
export type Leaf = string | number | boolean | null;

/** What may be told of one text, and of its contrary: `anything-but`. */
export type PlainTest =
  | EqualsTest
  | { readonly kind: 'equals-ignore-case'; readonly text: string }
  | { readonly kind: 'prefix' | 'suffix'; readonly text: string; readonly ignoreCase: boolean }
  /** `pieces` are the texts between the asterisks, with no escape left in them: `a*` has the pieces `a` and none. */
  | { readonly kind: 'wildcard'; readonly pieces: readonly string[] };

/** A literal; also `exactly`, and `numeric` with `=`. */
export interface EqualsTest {
  readonly kind: 'equals';
  readonly value: Leaf;
}

/** An end of a range. */
export interface NumericBound {
  readonly value: number;
  readonly isIncluded: boolean;
}

/** A range of addresses, and a literal that is an address. `from` and `to` are hexadecimal digits, 8 or 32 of them. */
export interface CidrTest {
  readonly kind: 'cidr';
  readonly from: string;
  readonly to: string;
}

/** One of the things that a pattern asks of a field; any of them suffices. */
export type LeafTest =
  | PlainTest
  | CidrTest
  | { readonly kind: 'numeric'; readonly lower?: NumericBound; readonly upper?: NumericBound }
  /** None of these may hold. */
  | { readonly kind: 'anything-but'; readonly tests: readonly PlainTest[] }
  | { readonly kind: 'exists'; readonly exists: boolean };
