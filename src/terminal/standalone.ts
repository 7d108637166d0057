/** Commands that need neither a database nor the running program: they work on files and numbers alone. */
const alone: ReadonlyArray<(args: readonly string[]) => boolean> = [
  ([room, verb]) => room === 'autonomy' && verb === 'simulate',
  ([room, verb, ...rest]) => room === 'autonomy' && verb === 'replay' && rest.includes('--vectors'),
  ([room, verb]) => room === 'leads' && verb === 'evaluate',
  ([room, verb]) => room === 'workflow' && (verb === 'check' || verb === 'schema'),
];

/**
 * Whether a command is carried out here even beside a running program: handed over, minutes of counting would keep it from
 * answering people's clicks.
 */
export function standsAlone(args: readonly string[]): boolean {
  return alone.some((is) => is(args));
}
