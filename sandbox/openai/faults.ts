/** What can go wrong with a model's endpoint, one entry an answer. */
export type Fault =
  /** 429 with `retry-after` in seconds (default 1). */
  | { kind: 'rate_limited'; retryAfter?: number }
  /** 500, 502, 503 … (default 500). */
  | { kind: 'server_error'; status?: number }
  /** Never answers; ends when the caller gives up or the stand-in closes. */
  | { kind: 'hang' }
  /** The connection is cut before the answer, or in the middle of its body. */
  | { kind: 'cut'; at?: 'before' | 'middle' }
  /** Stops in mid-sentence: `incomplete` because of `max_output_tokens`, or `finish_reason` `length`. */
  | { kind: 'truncated' }
  | { kind: 'refusal'; text?: string }
  /** Text that is not JSON. */
  | { kind: 'invalid_json' }
  /** JSON whose properties have the wrong types. */
  | { kind: 'wrong_types' }
  /** JSON with properties that the schema forbids. */
  | { kind: 'extra_keys' }
  /** An answer without any text. */
  | { kind: 'empty' }
  /** Obeys whatever instruction stands in the lead's data. */
  | { kind: 'obey' };

export type Faults = {
  /** The next `times` (default 1, `Infinity` until `clear`) generated answers fail this way, after those already queued. */
  next: (fault: Fault, times?: number) => void;
  clear: () => void;
};

/** A queue of faults: what was asked for first happens first. */
export function createFaults<F>(): {
  next: (fault: F, times?: number) => void;
  clear: () => void;
  take: () => F | null;
} {
  let queue: Array<{ fault: F; left: number }> = [];
  return {
    next: (fault, times = 1) => {
      if (times > 0) queue.push({ fault, left: times });
    },
    clear: () => {
      queue = [];
    },
    take: () => {
      const first = queue[0];
      if (first === undefined) return null;
      first.left -= 1;
      if (first.left <= 0) queue.shift();
      return first.fault;
    },
  };
}
