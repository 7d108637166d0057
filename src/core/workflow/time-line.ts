/** What is to happen when: earliest first, and at one moment in the order in which it was put in. A binary heap. */
export class TimeLine<T> {
  readonly #heap: Array<{ at: number; nth: number; item: T }> = [];
  #nth = 0;

  put(at: Date, item: T): void {
    const heap = this.#heap;
    heap.push({ at: at.getTime(), nth: this.#nth++, item });
    let child = heap.length - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!this.#before(child, parent)) break;
      this.#swap(child, parent);
      child = parent;
    }
  }

  /** The next one, taken out; null when there is none. */
  take(): { at: Date; item: T } | null {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (first === undefined || last === undefined) return null;
    if (heap.length > 0) {
      heap[0] = last;
      this.#sink();
    }
    return { at: new Date(first.at), item: first.item };
  }

  #sink(): void {
    for (let parent = 0; ; ) {
      let least = parent;
      for (const child of [2 * parent + 1, 2 * parent + 2])
        if (child < this.#heap.length && this.#before(child, least)) least = child;
      if (least === parent) return;
      this.#swap(parent, least);
      parent = least;
    }
  }

  #before(a: number, b: number): boolean {
    const [one, other] = [this.#heap[a], this.#heap[b]];
    if (one === undefined || other === undefined) throw new Error(`the heap has no places ${a} and ${b}`);
    return one.at < other.at || (one.at === other.at && one.nth < other.nth);
  }

  #swap(a: number, b: number): void {
    const [one, other] = [this.#heap[a], this.#heap[b]];
    if (one === undefined || other === undefined) throw new Error(`the heap has no places ${a} and ${b}`);
    this.#heap[a] = other;
    this.#heap[b] = one;
  }
}
