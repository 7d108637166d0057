/** Things that are planned for a moment. What is planned for the same moment is ordered by its key. */
export type Agenda<T> = {
  add(at: number, key: string, thing: T): void;
  /** When the first is due; null when nothing is planned. */
  nextDue(): number | null;
  /** Takes the first if it is due by then. */
  take(now: number): { at: number; key: string; thing: T } | null;
  /** Plans everything again at the moment that `when` gives. */
  move(when: (entry: { at: number; key: string; thing: T }) => number): void;
};

type Entry<T> = { at: number; key: string; thing: T };

const before = <T>(a: Entry<T>, b: Entry<T>): boolean => a.at < b.at || (a.at === b.at && a.key < b.key);

/** A binary heap: a simulated year plans hundreds of thousands of things. */
export function createAgenda<T>(): Agenda<T> {
  let heap: Array<Entry<T>> = [];
  const swap = (i: number, j: number): void => {
    const [a, b] = [heap[i], heap[j]];
    if (a === undefined || b === undefined) throw new Error(`no entries ${i} and ${j} in an agenda of ${heap.length}`);
    heap[i] = b;
    heap[j] = a;
  };
  const isBefore = (i: number, j: number): boolean => {
    const [a, b] = [heap[i], heap[j]];
    return a !== undefined && b !== undefined && before(a, b);
  };
  const add = (entry: Entry<T>): void => {
    heap.push(entry);
    let i = heap.length - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!isBefore(i, parent)) return;
      swap(i, parent);
      i = parent;
    }
  };
  const sink = (): void => {
    let i = 0;
    for (;;) {
      const [left, right] = [2 * i + 1, 2 * i + 2];
      let first = i;
      if (isBefore(left, first)) first = left;
      if (isBefore(right, first)) first = right;
      if (first === i) return;
      swap(i, first);
      i = first;
    }
  };
  return {
    // A clock that shows whole milliseconds would never quite reach a part of one.
    add: (at, key, thing) => add({ at: Math.round(at), key, thing }),
    nextDue: () => heap[0]?.at ?? null,
    take: (now) => {
      const first = heap[0];
      if (first === undefined || first.at > now) return null;
      const last = heap.pop();
      if (last !== undefined && heap.length > 0) {
        heap[0] = last;
        sink();
      }
      return first;
    },
    move: (when) => {
      const all = heap;
      heap = [];
      for (const entry of all) add({ ...entry, at: when(entry) });
    },
  };
}
