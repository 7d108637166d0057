import type { Fault } from '../openai/faults.ts';
import type { OpenAiStandIn } from '../openai/stand-in.ts';
import type { ModelContent } from './client/content.ts';
import { failed, ok, type Answer } from './respond.ts';

/** What the page offers to go wrong, by its name there. */
const FAULTS = new Map<unknown, Fault>([
  ['rate_limited', { kind: 'rate_limited' }],
  ['server_error', { kind: 'server_error' }],
  ['hang', { kind: 'hang' }],
  ['truncated', { kind: 'truncated' }],
  ['refusal', { kind: 'refusal' }],
  ['garbage', { kind: 'invalid_json' }],
  ['obey', { kind: 'obey' }],
]);
const MOST_TIMES = 1_000;

export type ModelControl = { content: () => ModelContent; act: (fields: Record<string, unknown>) => Answer };

/** `POST /world/model { quality } | { fault, times? } | { fault: null }`; `times` null is until it is cleared. */
export function createModelControl(openai: OpenAiStandIn, now: () => number): ModelControl {
  let asked: ModelContent['fault'] = null;
  const content = (): ModelContent => ({ quality: openai.quality, fault: asked });
  return {
    content,
    act: (fields) => {
      const { quality, fault: name, times = 1 } = fields;
      if (quality !== undefined) {
        if (typeof quality !== 'number' || !(quality >= 0 && quality <= 1))
          return failed(400, 'Expected a quality between 0 and 1.');
        openai.quality = quality;
      }
      if (name === null) {
        openai.faults.clear();
        asked = null;
      } else if (name !== undefined) {
        const fault = FAULTS.get(name);
        if (fault === undefined || typeof name !== 'string')
          return failed(400, `Expected one of ${[...FAULTS.keys()].join(', ')}.`);
        if (times !== null && !(Number.isInteger(times) && Number(times) >= 1 && Number(times) <= MOST_TIMES))
          return failed(400, `Expected times between 1 and ${MOST_TIMES}, or null.`);
        // One wish at a time, or what was asked for last would wait behind what was asked for before.
        openai.faults.clear();
        openai.faults.next(fault, times === null ? Infinity : Number(times));
        asked = { name, times: times === null ? null : Number(times), at: now() };
      }
      return ok(content());
    },
  };
}
