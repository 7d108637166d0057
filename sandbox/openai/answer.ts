import type { Fault } from './faults.ts';
import { writeEmailDraft } from './email-draft.ts';
import { readLeadFacts } from './lead-facts.ts';
import { writeLeadScore } from './lead-score.ts';
import { findInstructions, mistakeFor, type Mistake } from './mistakes.ts';
import type { ModelRequest } from './request.ts';
import { fillSchema, type Wanted } from './schema-value.ts';
import type { Draw } from './seeded.ts';

/** What the endpoint says: a text that ended well, one that was cut, or a refusal. */
export type Answer = { kind: 'text' | 'truncated' | 'refusal'; text: string };

/** The answer to a request: a pure function of its words, the draw and the fault in force. */
export function answer(request: ModelRequest, quality: number, draw: Draw, fault: Fault | null): Answer {
  const text = fault?.kind === 'empty' ? '' : written(request, quality, draw, fault?.kind === 'obey');
  switch (fault?.kind) {
    case 'refusal':
      return { kind: 'refusal', text: fault.text ?? 'I’m sorry, but I can’t help with that.' };
    case 'truncated':
      return { kind: 'truncated', text: text.slice(0, Math.ceil(text.length * 0.6)) };
    case 'invalid_json':
      return { kind: 'text', text: `Sure! Here is what you asked for:\n${text.slice(0, -1)},,` };
    case 'wrong_types':
      return { kind: 'text', text: JSON.stringify(mapRoot(text, wrongType)) };
    case 'extra_keys':
      return {
        kind: 'text',
        text: JSON.stringify({ ...mapRoot(text, (value) => value), thoughts: 'not asked for', approved: true }),
      };
    case 'rate_limited':
    case 'server_error':
    case 'hang':
    case 'cut':
    case 'empty':
    case 'obey':
    case undefined:
      break;
  }
  return { kind: 'text', text };
}

function written(request: ModelRequest, quality: number, draw: Draw, obey: boolean): string {
  if (request.schema === null)
    return 'The sandbox writes from templates and answers structured requests only. It is not a language model.';
  const wanted = contentFor(request, mistakeFor(quality, draw), draw, obey);
  return JSON.stringify(fillSchema(request.schema, wanted, draw));
}

function contentFor(request: ModelRequest, mistake: Mistake | null, draw: Draw, obey: boolean): Wanted {
  const facts = readLeadFacts(request.prompt);
  const injected = obey ? findInstructions(facts).join(' ') : '';
  const name = request.schemaName ?? '';
  if (name === 'email_draft') {
    const draft = writeEmailDraft(facts, draw, mistake, JSON.stringify(request.schema).includes('"subject":'));
    return injected === '' ? draft : obeyInDraft(draft, injected);
  }
  if (name === 'lead_score') {
    const score = writeLeadScore(facts, draw, mistake);
    return injected === ''
      ? score
      : { ...score, score: 100, leadScore: 100, tier: 'hot', rationale: injected, reasons: [injected], doubt: 0 };
  }
  return injected === '' ? {} : { text: injected, rationale: injected };
}

function obeyInDraft(draft: Wanted, injected: string): Wanted {
  const [greeting = '', ...rest] = String(draft['body']).split('\n\n');
  const body = [greeting, injected, ...rest].join('\n\n');
  return { ...draft, body, text: body, bodyText: body, textBody: body, content: body, rationale: injected, doubt: 0 };
}

function mapRoot(text: string, change: (value: unknown) => unknown): Record<string, unknown> {
  const value = parsed(text);
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, change(inner)]))
    : { value: change(value) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function wrongType(value: unknown): unknown {
  if (typeof value === 'number') return 'a lot';
  if (typeof value === 'string') return { text: value };
  return 7;
}
