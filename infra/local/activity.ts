/** Counts what is under way, so that it can be told when nothing is left to happen by itself. */
export class Activity {
  #begun = 0;
  #underWay = 0;

  /** Everything that ever began: unchanged between two looks, nothing happened in between. */
  get begun(): number {
    return this.#begun;
  }

  /** What began and has not ended. */
  get underWay(): number {
    return this.#underWay;
  }

  /** Marks a beginning; the function given back marks its end, once. */
  begin(): () => void {
    this.#begun += 1;
    this.#underWay += 1;
    let ended = false;
    return () => {
      if (!ended) this.#underWay -= 1;
      ended = true;
    };
  }

  /** Counts a piece of work from now until it is settled. */
  async track<T>(work: Promise<T>): Promise<T> {
    const end = this.begin();
    try {
      return await work;
    } finally {
      end();
    }
  }
}
