import { z } from 'zod';

/** What one call came to. `problem` texts are ours or name fields of the schema: never the model's own words. */
export type Reading =
  | { type: 'text'; text: string }
  | { type: 'refused'; detail: string }
  | { type: 'truncated' }
  | { type: 'invalid'; problem: string }
  | { type: 'failed'; detail: string };

/** Only what is read below; the rest of the envelope may change without our noticing. */
const envelope = z.looseObject({
  status: z.string().nullish(),
  error: z.looseObject({ code: z.string().nullish() }).nullish(),
  incomplete_details: z.looseObject({ reason: z.string().nullish() }).nullish(),
  output: z.array(
    z.looseObject({
      type: z.string(),
      content: z.array(z.looseObject({ type: z.string(), text: z.string().optional() })).optional(),
    }),
  ),
});

const usage = z.looseObject({ usage: z.looseObject({ input_tokens: z.int().min(0), output_tokens: z.int().min(0) }) });
const model = z.looseObject({ model: z.string().regex(/^[\w.:/-]{1,100}$/) });

/** Sorts the answer of the responses API into what it means for us. */
export function readAnswer(response: unknown): Reading {
  const parsed = envelope.safeParse(response);
  if (!parsed.success) return { type: 'invalid', problem: 'the answer was not one of the responses API' };
  const { status, error, incomplete_details: incomplete, output } = parsed.data;
  const parts = output.filter((item) => item.type === 'message').flatMap((item) => item.content ?? []);
  if (parts.some((part) => part.type === 'refusal'))
    return { type: 'refused', detail: 'The model refused to write this.' };
  if (status === 'incomplete')
    return incomplete?.reason === 'content_filter'
      ? { type: 'refused', detail: "The provider's content filter stopped the answer." }
      : { type: 'truncated' };
  if (status === 'failed' || status === 'cancelled' || status === 'queued' || status === 'in_progress')
    return {
      type: 'failed',
      detail: `The provider answered “${status}”${error?.code ? ` (${plainCode(error.code)})` : ''}.`,
    };
  const text = parts.map((part) => (part.type === 'output_text' ? (part.text ?? '') : '')).join('');
  if (text.trim() === '') return { type: 'invalid', problem: 'the answer was empty' };
  return { type: 'text', text };
}

export function tokensOf(response: unknown): { input: number; output: number } {
  const parsed = usage.safeParse(response);
  return parsed.success
    ? { input: parsed.data.usage.input_tokens, output: parsed.data.usage.output_tokens }
    : { input: 0, output: 0 };
}

/** The model that answered, as the provider calls it; null where it names none. */
export function modelOf(response: unknown): string | null {
  const parsed = model.safeParse(response);
  return parsed.success ? parsed.data.model : null;
}

/** A provider's code for people and logs, only if it looks like one. */
export function plainCode(code: string): string {
  return /^[\w.-]{1,60}$/.test(code) ? code : 'unknown code';
}

/** At most three fields of a failed parse, by path and kind of problem. The values are the model's words and stay out. */
export function schemaProblem(error: z.ZodError): string {
  const places = error.issues.slice(0, 3).map((issue) => {
    const where =
      issue.path.length === 0
        ? 'the object'
        : issue.path.map((part) => (typeof part === 'number' ? String(part) : plainCode(String(part)))).join('.');
    return `${where}: ${WHAT[issue.code] ?? 'wrong'}`;
  });
  return places.join('; ');
}

const WHAT: Partial<Record<z.core.$ZodIssue['code'], string>> = {
  invalid_type: 'missing or of the wrong type',
  too_big: 'too long or too large',
  too_small: 'empty, too short or too small',
  unrecognized_keys: 'has keys that the schema does not know',
  invalid_value: 'not one of the allowed values',
  not_multiple_of: 'not a whole number',
};
