import type { Fault, Faults } from './workspace.ts';

export type FaultQueue = Faults & {
  /** The fault that this call meets, if any; each is met once. */
  take(method: string): Fault | null;
};

export function createFaults(): FaultQueue {
  const queues = new Map<string, { fault: Fault; left: number }[]>();
  const takeFrom = (name: string): Fault | null => {
    const queue = queues.get(name);
    const first = queue?.[0];
    if (first === undefined) return null;
    first.left -= 1;
    if (first.left <= 0) queue?.shift();
    return first.fault;
  };
  return {
    next: (method, fault, times = 1) => {
      if (times >= 1) queues.set(method, [...(queues.get(method) ?? []), { fault, left: times }]);
    },
    clear: () => queues.clear(),
    take: (method) => takeFrom(method) ?? takeFrom('*'),
  };
}
