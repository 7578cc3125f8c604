import type { FieldValue } from './field-values.ts';

/** A field of a pattern, and the values that it has in an event. */
export interface FieldChoice {
  readonly mayBeAbsent: boolean;
  readonly values: readonly FieldValue[];
}

type List = readonly unknown[];

/** Steps of a search through lists that are entangled with each other. */
const mostSteps = 100_000;

/**
 * Whether a value can be chosen for each field so that no two stand in different elements of one list, as event-ruler
 * chooses: field by field, by name. A field is absent where it has no value beside those already chosen; otherwise it
 * needs one that is as asked.
 *
 * Linear in the values where each path leads through one list at each level. Where it does not (keys with dots in them
 * that spell the same path in two ways, lists that hold values and lists at once), it is a search, and one that finds
 * no end within {@link mostSteps} counts as a choice: an alert too many is better than one too few.
 *
 * @param fields By their names, in the order of UTF-16 units.
 */
export function hasConsistentChoice(fields: readonly FieldChoice[]): boolean {
  return choose(fields, 0, { left: mostSteps });
}

interface Steps {
  left: number;
}

/** @param level Lists that all values stand within, in the same elements. */
function choose(fields: readonly FieldChoice[], level: number, steps: Steps): boolean {
  const present = fields.filter(({ values }) => values.length > 0);
  if (fields.some(({ mayBeAbsent, values }) => !mayBeAbsent && !values.some(({ isAsAsked }) => isAsAsked))) {
    return false;
  }
  return tangles(present, level).every(({ members, lists, isMixed }) => {
    if (lists.size === 0) return members.every(({ values }) => values.some(({ isAsAsked }) => isAsAsked));
    if (lists.size === 1 && !isMixed) return chooseElement(members, level, steps);
    return search(members, 0, new Map(), steps);
  });
}

/** Fields that share lists, directly or through others. */
interface Tangle {
  readonly members: readonly FieldChoice[];
  readonly lists: ReadonlySet<List>;
  /** Whether one of the fields has values in none of the lists. */
  readonly isMixed: boolean;
}

function tangles(fields: readonly FieldChoice[], level: number): readonly Tangle[] {
  let found: Tangle[] = [];
  for (const field of fields) {
    const lists = new Set<List>();
    let isFree = false;
    for (const { within } of field.values) {
      const element = within[level];
      if (element === undefined) isFree = true;
      else lists.add(element.list);
    }
    const touched = found.filter(other => [...lists].some(list => other.lists.has(list)));
    const joined: Tangle = {
      members: [...touched.flatMap(({ members }) => members), field],
      lists: new Set([...lists, ...touched.flatMap(other => [...other.lists])]),
      isMixed: (isFree && lists.size > 0) || touched.some(({ isMixed }) => isMixed),
    };
    found = [...found.filter(other => !touched.includes(other)), joined];
  }
  // Joined members keep the order of the fields.
  return found.map(tangle =>
    tangle.members.length < 2
      ? tangle
      : { ...tangle, members: fields.filter(field => tangle.members.includes(field)) },
  );
}

/** All values stand within one list: the first field, which is not absent, says which elements come into question. */
function chooseElement(members: readonly FieldChoice[], level: number, steps: Steps): boolean {
  const byElement = members.map(({ values }) =>
    Map.groupBy(values, ({ within }) => within[level]?.index ?? 0),
  );
  const candidates = byElement[0]?.keys() ?? [];
  return [...candidates].some(index =>
    choose(
      members.map(({ mayBeAbsent }, place) => ({ mayBeAbsent, values: byElement[place]?.get(index) ?? [] })),
      level + 1,
      steps,
    ),
  );
}

/** Tries the values of each field in turn. `chosen` holds the element of each list that is decided. */
function search(
  fields: readonly FieldChoice[],
  place: number,
  chosen: ReadonlyMap<List, number>,
  steps: Steps,
): boolean {
  const field = fields[place];
  if (field === undefined || steps.left <= 0) return true;
  const possible = field.values.filter(({ within }) => {
    steps.left -= 1;
    return within.every(({ list, index }) => (chosen.get(list) ?? index) === index);
  });
  if (possible.length === 0) return field.mayBeAbsent && search(fields, place + 1, chosen, steps);
  return possible.some(({ isAsAsked, within }) => {
    if (!isAsAsked) return false;
    const further = new Map(chosen);
    for (const { list, index } of within) further.set(list, index);
    return search(fields, place + 1, further, steps);
  });
}
