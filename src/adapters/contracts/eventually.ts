/** How long an effect may take to show, and how often it is looked for, in milliseconds. */
const patience = 5000;
const pause = 25;

/** Repeats a check until it holds; rejects with its last failure where patience ends. For effects that take a moment. */
export async function eventually(check: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + patience;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await new Promise(resolve => setTimeout(resolve, pause));
  }
}
