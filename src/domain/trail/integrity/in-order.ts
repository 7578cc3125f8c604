/** The answers for all items in their order; `ahead` of them are worked on at one time. */
export async function* inOrder<Item, Answer>(
  items: Iterable<Item>,
  ahead: number,
  work: (item: Item) => Promise<Answer>,
): AsyncGenerator<Answer, void> {
  const waiting: Promise<Answer>[] = [];
  for (const item of items) {
    const answer = work(item);
    // Who leaves early awaits no others; they must not end the process.
    answer.catch(() => undefined);
    waiting.push(answer);
    const first = waiting.length < ahead ? undefined : waiting.shift();
    if (first !== undefined) yield await first;
  }
  for (const answer of waiting) yield await answer;
}
