/** Attributes by their names; one that is false is left out, one that is true is empty. */
type Attributes = Readonly<Record<string, string | number | boolean>>;

/**
 * An element of HTML with these attributes and children. A text becomes a text node: nothing in it is ever read as markup.
 * Names of elements and attributes are the page's own; what comes from the logs is a child or the value of an attribute
 * that neither loads nor runs.
 */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  attribute(made, attributes);
  made.append(...children);
  return made;
}

/** The same of SVG. */
export function shape<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): SVGElementTagNameMap[Name] {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  attribute(made, attributes);
  made.append(...children);
  return made;
}

/** A button that does something on this page. */
export function button(
  label: string,
  act: () => void,
  attributes: Attributes = {},
  ...children: readonly Node[]
): HTMLButtonElement {
  const made = element(
    'button',
    { type: 'button', ...attributes },
    ...(label === '' ? [] : [label]),
    ...children,
  );
  made.addEventListener('click', act);
  return made;
}

/** The part of the page's body that has this id. */
export function part(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no part ${id}`);
  return found;
}

/** `12,345` */
export function countText(count: number): string {
  return count.toLocaleString('en-US');
}

/** `1 match`, `2 matches` */
export function matchesText(count: number): string {
  return `${countText(count)} ${count === 1 ? 'match' : 'matches'}`;
}

function attribute(made: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) made.setAttribute(name, value === true ? '' : String(value));
  }
}
