import { isWorkflowFile } from './workflow-map.ts';

/** Commands that need neither a database nor the running program: they work on files and numbers alone. */
const alone: ReadonlyArray<(args: readonly string[]) => boolean> = [
  ([room, verb]) => room === 'autonomy' && verb === 'simulate',
  ([room, verb, ...rest]) => room === 'autonomy' && verb === 'replay' && rest.includes('--vectors'),
  ([room, verb]) => room === 'leads' && verb === 'evaluate',
  ([room, verb, ...rest]) => room === 'leads' && verb === 'quality' && rest.some((arg) => !arg.startsWith('-')),
  ([room, verb, ...rest]) =>
    room === 'workflow' && (verb === 'schema' || (verb === 'check' && !rest.includes('--known'))),
  ([room, verb, ...rest]) => room === 'workflow' && verb === 'map' && rest.some(isWorkflowFile),
  ([room, verb, ...rest]) => room === 'workflow' && verb === 'simulate' && rest.some(isWorkflowFile),
];

/**
 * Whether a command is carried out here even beside a running program: handed over, minutes of counting would keep it from
 * answering people's clicks.
 */
export function standsAlone(args: readonly string[]): boolean {
  return alone.some((is) => is(args));
}
