/** A page of a list in the order of names, and a token that tells where the next one begins, where there is one. */
export function pageByName<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  size: number,
  token: string | undefined,
): { readonly page: readonly Item[]; readonly next: string | undefined } {
  const after = Buffer.from(token ?? '', 'base64url').toString('utf8');
  const rest = items
    .filter(item => token === undefined || nameOf(item) > after)
    .sort((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1));
  const page = rest.slice(0, size);
  const last = page.at(-1);
  const isLast = last === undefined || page.length === rest.length;
  return { page, next: isLast ? undefined : Buffer.from(nameOf(last)).toString('base64url') };
}
