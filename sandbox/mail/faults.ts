/** Where in a delivery something goes wrong; `message` is the final dot, when the whole mail has arrived. */
export type Phase = 'connect' | 'ehlo' | 'mail' | 'rcpt' | 'data' | 'message';

export type MailFault =
  /** Answers with this code: 4xx for later, 5xx for never. A mail refused at `message` is not kept. */
  | { phase: Phase; kind: 'code'; code: number; text: string }
  /** Cuts the connection without a word. At `message`, `stored` says whether the mail was kept first (default true). */
  | { phase: Phase; kind: 'drop'; stored?: boolean }
  /** Waits `ms` before going on as usual; at `message` the mail is kept first. */
  | { phase: Phase; kind: 'stall'; ms: number };

export type MailFaults = {
  /** The next `times` (default 1) passes through its phase fail; `Infinity` lasts until `clear()`. */
  next: (fault: MailFault, times?: number) => void;
  clear: () => void;
};

export function createMailFaults(): MailFaults & { take: (phase: Phase) => MailFault | null } {
  let waiting: Array<{ fault: MailFault; left: number }> = [];
  return {
    next: (fault, times = 1) => {
      waiting.push({ fault, left: times });
    },
    clear: () => {
      waiting = [];
    },
    take: (phase) => {
      const entry = waiting.find(({ fault }) => fault.phase === phase);
      if (!entry) return null;
      entry.left -= 1;
      if (entry.left <= 0) waiting = waiting.filter((other) => other !== entry);
      return entry.fault;
    },
  };
}
