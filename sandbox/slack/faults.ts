import type { Fault, Faults } from './workspace.ts';

export type FaultQueue = Faults & {
  /** The fault that this call meets, if any; each is met once. */
  take(method: string): Fault | null;
};

export function createFaults(): FaultQueue {
  const queues = new Map<string, Fault[]>();
  return {
    next: (method, fault, times = 1) => {
      const added = Array.from({ length: times }, () => fault);
      queues.set(method, [...(queues.get(method) ?? []), ...added]);
    },
    clear: () => queues.clear(),
    take: (method) => queues.get(method)?.shift() ?? queues.get('*')?.shift() ?? null,
  };
}
