import type { Leaf } from './leaf-test.ts';
import type { PatternField } from './pattern-field.ts';

/** An element of a list, within which a value stands. */
export interface ListElement {
  readonly list: readonly unknown[];
  readonly index: number;
}

/** A value at the path of a field. */
export interface FieldValue {
  readonly isAsAsked: boolean;
  readonly kind: 'text' | 'number' | 'true' | 'false' | 'null';
  /** The elements that it stands within, outermost first. Values that are elements themselves do not stand within them. */
  readonly within: readonly ListElement[];
}

/** What stands at the path of a field that no list is on the way to. */
export type Sighting = 'nothing' | 'as-asked' | 'otherwise' | 'within-lists';

/** Jackson, which reads JSON for event-ruler, refuses what is nested deeper. */
const deepestLists = 1000;

/** Looks at a field; does not go into lists that hold lists or objects. */
export function sight(event: object, field: PatternField): Sighting {
  return sightFrom(event, field, 0);
}

function sightFrom(node: object, field: PatternField, from: number): Sighting {
  let found: Sighting = 'nothing';
  let to = from;
  for (const name of field.namesFrom(from)) {
    to += 1;
    const value = valueAt(node, name);
    if (value === undefined) continue;
    const seen = isLeaf(value)
      ? sightLeaf(value, field, to)
      : Array.isArray(value)
        ? sightList(value, field, to)
        : to < field.depth
          ? sightFrom(value, field, to)
          : 'nothing';
    if (seen === 'within-lists' || seen === 'as-asked') found = found === 'within-lists' ? found : seen;
    else if (found === 'nothing') found = seen;
  }
  return found;
}

function sightLeaf(value: Leaf, field: PatternField, to: number): Sighting {
  if (to < field.depth) return 'nothing';
  return field.holds(value) ? 'as-asked' : 'otherwise';
}

function sightList(list: readonly unknown[], field: PatternField, to: number): Sighting {
  let found: Sighting = 'nothing';
  for (const element of list) {
    if (isLeaf(element)) {
      if (to < field.depth || found === 'as-asked') continue;
      found = field.holds(element) ? 'as-asked' : 'otherwise';
    } else if (to < field.depth || Array.isArray(element)) return 'within-lists';
  }
  return found;
}

/** All values of a field, wherever they stand. */
export function valuesOf(event: object, field: PatternField): readonly FieldValue[] {
  const found: FieldValue[] = [];
  gather(event, { field, from: 0, found }, undefined);
  return found;
}

/** An element that is being gathered from, and the one around it. */
interface Enclosing extends ListElement {
  readonly around: Enclosing | undefined;
  readonly level: number;
}

interface Gathering {
  readonly field: PatternField;
  readonly from: number;
  readonly found: FieldValue[];
}

function gather(node: object, gathering: Gathering, within: Enclosing | undefined): void {
  const { field, from } = gathering;
  let to = from;
  for (const name of field.namesFrom(from)) {
    to += 1;
    const value = valueAt(node, name);
    if (value !== undefined) gatherValue(value, { ...gathering, from: to }, within);
  }
}

function gatherValue(value: unknown, gathering: Gathering, within: Enclosing | undefined): void {
  const { field, from, found } = gathering;
  if (isLeaf(value)) {
    if (from === field.depth) {
      found.push({ isAsAsked: field.holds(value), kind: kindOf(value), within: elementsOf(within) });
    }
  } else if (Array.isArray(value)) {
    const level = (within?.level ?? 0) + 1;
    if (level > deepestLists) return;
    const list: readonly unknown[] = value;
    list.forEach((element, index) => {
      gatherValue(element, gathering, isLeaf(element) ? within : { list, index, around: within, level });
    });
  } else if (typeof value === 'object' && value !== null && from < field.depth) {
    gather(value, gathering, within);
  }
}

function kindOf(value: Leaf): FieldValue['kind'] {
  if (typeof value === 'string') return 'text';
  if (typeof value === 'number') return 'number';
  return value === null ? 'null' : value ? 'true' : 'false';
}

/** Outermost first. */
function elementsOf(innermost: Enclosing | undefined): readonly ListElement[] {
  const elements: ListElement[] = [];
  for (let element = innermost; element !== undefined; element = element.around) elements.push(element);
  return elements.reverse();
}

/** The value of an own key; `undefined` where there is none. One look-up suffices for most. */
export function valueAt(node: object, name: string): unknown {
  const value = (node as Readonly<Record<string, unknown>>)[name];
  // What objects inherit are functions, and their prototype.
  const isInherited = typeof value === 'function' || (name === '__proto__' && !Object.hasOwn(node, name));
  return isInherited ? undefined : value;
}

export function isLeaf(value: unknown): value is Leaf {
  return (
    value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  );
}
