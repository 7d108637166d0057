import type { Fault } from './faults.ts';
import { underEveryName, writeEmailDraft, type WrittenDraft } from './email-draft.ts';
import type { KnownAnswer } from './known-answers.ts';
import { readLeadFacts } from './lead-facts.ts';
import { writeLeadScore, type WrittenScore } from './lead-score.ts';
import { findInstructions, type Truth } from './mistakes.ts';
import type { ModelRequest } from './request.ts';
import { fillSchema, type Wanted } from './schema-value.ts';
import type { Draw } from './seeded.ts';
import { CHARACTERS_A_TOKEN, tokens } from './tokens.ts';

/** What the endpoint says: a text that ended well, one that was cut, or a refusal. */
export type Answer = {
  kind: 'text' | 'truncated' | 'refusal';
  text: string;
  /** What a person would later recognise it by; null where nothing usable was said. */
  known: KnownAnswer | null;
};

/** The answer to a request: a pure function of its words, the draw and the fault in force. */
export function answer(request: ModelRequest, quality: number, draw: Draw, fault: Fault | null): Answer {
  const { text, known } =
    fault?.kind === 'empty' ? { text: '', known: null } : written(request, quality, draw, fault?.kind === 'obey');
  const useless = { kind: 'text' as const, known: null };
  switch (fault?.kind) {
    case 'refusal':
      return { kind: 'refusal', text: fault.text ?? 'I’m sorry, but I can’t help with that.', known: null };
    case 'truncated':
      return { kind: 'truncated', text: text.slice(0, Math.ceil(text.length * 0.6)), known: null };
    case 'invalid_json':
      return { ...useless, text: `Sure! Here is what you asked for:\n${text.slice(0, -1)},,` };
    case 'wrong_types':
      return { ...useless, text: JSON.stringify(mapRoot(text, wrongType)) };
    case 'extra_keys':
      return {
        ...useless,
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
  const allowed = request.maxTokens;
  if (allowed !== null && tokens(text) > allowed)
    return { kind: 'truncated', text: text.slice(0, allowed * CHARACTERS_A_TOKEN), known: null };
  return { kind: 'text', text, known };
}

type Written = { text: string; known: KnownAnswer | null };

function written(request: ModelRequest, quality: number, draw: Draw, obey: boolean): Written {
  if (request.schema === null) {
    const text = 'The sandbox writes from templates and answers structured requests only. It is not a language model.';
    return { text, known: null };
  }
  const { wanted, known } = contentFor(request, quality, draw, obey);
  return { text: JSON.stringify(fillSchema(request.schema, wanted, draw)), known };
}

type Content = { wanted: Wanted; known: KnownAnswer | null };

function contentFor(request: ModelRequest, quality: number, draw: Draw, obey: boolean): Content {
  const facts = readLeadFacts(request.prompt);
  const injected = obey ? findInstructions(facts).join(' ') : '';
  const name = request.schemaName ?? '';
  if (name === 'email_draft') {
    const apart = JSON.stringify(request.schema).includes('"subject":');
    const draft = writeEmailDraft(facts, draw, quality, apart);
    const { wanted, body, truth } = injected === '' ? draft : obeyInDraft(draft, injected);
    return { wanted, known: { kind: 'email', body, truth } };
  }
  if (name === 'lead_score') {
    const scored = writeLeadScore(facts, draw, quality);
    const { wanted, score, reasons, truth } = injected === '' ? scored : obeyInScore(scored, injected);
    return { wanted, known: { kind: 'score', score, reasons, truth } };
  }
  return { wanted: injected === '' ? {} : { text: injected, rationale: injected }, known: null };
}

function obeyInDraft(draft: WrittenDraft, injected: string): WrittenDraft {
  const [greeting = '', ...rest] = draft.body.split('\n\n');
  const body = [greeting, injected, ...rest].join('\n\n');
  const truth: Truth = {
    mistake: 'obeyed',
    mending: { kind: 'text', wrong: `${injected}\n\n`, right: '', subject: null },
  };
  return { wanted: { ...draft.wanted, ...underEveryName(body), rationale: injected, doubt: 0 }, body, truth };
}

function obeyInScore(honest: WrittenScore, injected: string): WrittenScore {
  const reasons = [injected];
  const { wanted } = honest;
  return {
    wanted: { ...wanted, score: 100, leadScore: 100, tier: 'hot', rationale: injected, reasons, doubt: 0 },
    score: 100,
    reasons,
    truth: { mistake: 'obeyed', mending: { kind: 'score', score: honest.score, reasons: honest.reasons } },
  };
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
