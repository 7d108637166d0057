import { readFile } from 'node:fs/promises';
import { zodTextFormat } from 'openai/helpers/zod';
import { beforeAll, expect, test } from 'vitest';
import { answer } from '../../../sandbox/openai/answer.ts';
import { doubtOf, emailMistake, type Mistake } from '../../../sandbox/openai/mistakes.ts';
import { readModelRequest } from '../../../sandbox/openai/request.ts';
import { drawFrom } from '../../../sandbox/openai/seeded.ts';
import { GOOD_QUALITY } from '../../../sandbox/openai/stand-in.ts';
import { createNewcomers } from '../../../sandbox/people/newcomers.ts';
import { prompts } from '../../../src/ai/prompts/prompts.ts';
import type { LeadFacts, ProposalInputs } from '../../../src/core/facts.ts';
import { emailFindings } from '../../../src/core/guardrails.ts';
import { type EmailDraft, emailDraftSchema } from '../../../src/core/kinds/email-draft.ts';
import { tierOf } from '../../../src/core/kinds/lead-score.ts';
import type { Workflow } from '../../../src/core/workflow.ts';
import { parseWorkflow } from '../../../src/core/workflow-yaml.ts';
import { leadFacts, proposalInputs } from '../../core/proposal-inputs.ts';

/** What the app's own prompts, about newcomers of the sandbox, are answered with. */

let workflow: Workflow;
let leads: LeadFacts[];

beforeAll(async () => {
  const path = new URL('../../../workflows/whitepaper-nurture.yaml', import.meta.url);
  const parsed = parseWorkflow(await readFile(path, 'utf8'), 'whitepaper-nurture.yaml');
  if (!parsed.ok) throw new Error('the shipped workflow cannot be read');
  workflow = parsed.workflow;
  const newcomers = createNewcomers({ seed: 5, perWeek: 500, start: Date.parse('2026-01-05T00:00:00Z') });
  leads = [];
  for (let due = newcomers.nextDue(); leads.length < 500 && due !== null; due = newcomers.nextDue()) {
    const lead = newcomers.take(due)?.lead;
    const text = (name: string): string | null => (typeof lead?.[name] === 'string' ? lead[name] : null);
    const fields: unknown = lead?.['fields'];
    leads.push(
      leadFacts({
        email: lead?.email ?? '',
        firstName: text('first_name'),
        lastName: text('last_name'),
        company: text('company'),
        title: text('title'),
        country: text('country'),
        source: text('source'),
        score: null,
        fields: Object.fromEntries(Object.entries(fields ?? {}).map(([name, value]) => [name, String(value)])),
      }),
    );
  }
});

const inputsFor = (lead: LeadFacts): ProposalInputs =>
  proposalInputs({
    lead,
    step: 'first-mail',
    facts: [...workflow.facts],
    allowedLinks: [...workflow.allowed_links],
    tone: workflow.tone,
    sender: { name: workflow.sender.name, company: workflow.sender.company },
  });

type Drafted = { content: EmailDraft; doubt: number | null; mistake: Mistake | null; inputs: ProposalInputs };

function draftFor(lead: LeadFacts, quality: number): Drafted {
  const inputs = inputsFor(lead);
  const prompt = prompts.email_draft;
  const { system, user } = prompt.build(inputs);
  const said = ask('email_draft', system, user, quality);
  const made = prompt.toContent(prompt.schema.parse(JSON.parse(said.text)), inputs);
  return { content: emailDraftSchema.parse(made.content), doubt: made.doubt, mistake: said.mistake, inputs };
}

function ask(kind: 'email_draft' | 'lead_score', system: string, user: string, quality: number) {
  const { schema, schemaName } = prompts[kind];
  const request = readModelRequest('responses', {
    model: 'any',
    input: [
      { role: 'developer', content: system },
      { role: 'user', content: user },
    ],
    text: { format: zodTextFormat(schema, schemaName) },
  });
  if ('problem' in request) throw new Error(request.problem);
  const said = answer(request, quality, drawFrom(`1/${request.input}`), null);
  return { text: said.text, mistake: said.known?.truth.mistake ?? null };
}

const share = <T>(items: readonly T[], is: (item: T) => boolean): number => items.filter(is).length / items.length;

test('most drafts with a mistake meet no rule of the app, and drafts without one hardly ever do', () => {
  const meetsRule = ({ content, inputs }: Drafted): boolean => emailFindings(content, inputs).length > 0;
  const bad = leads.slice(0, 200).map((lead) => draftFor(lead, 0));
  expect(share(bad, ({ mistake }) => mistake !== null)).toBe(1);
  const passes = 1 - share(bad, meetsRule);
  expect(passes).toBeGreaterThan(0.65);
  expect(passes).toBeLessThan(0.85);
  const subtle = new Set<Mistake | null>(['overstated', 'condescending', 'irrelevant', 'self_centred', 'too_long']);
  expect(
    bad.filter((draft) => subtle.has(draft.mistake) && meetsRule(draft)).map(({ content }) => content.body),
  ).toEqual([]);
  expect(
    bad.filter((draft) => !subtle.has(draft.mistake) && !meetsRule(draft)).map(({ content }) => content.body),
  ).toEqual([]);
  expect(
    share(
      leads.slice(0, 200).map((lead) => draftFor(lead, 1)),
      meetsRule,
    ),
  ).toBeLessThan(0.01);
});

test.for([
  [GOOD_QUALITY, 0.01],
  [0.8, 0.2],
] as const)('at quality %d about that many of 500 newcomers’ drafts have a mistake', ([quality, expected]) => {
  const found = share(leads, (lead) => draftFor(lead, quality).mistake !== null);
  expect(Math.abs(found - expected)).toBeLessThan(3 * Math.sqrt((expected * (1 - expected)) / leads.length));
});

test('a model errs more often about somebody of whom little is known', () => {
  const errs = (missing: number): number =>
    share(
      Array.from({ length: 3_000 }, (_, n) => drawFrom(`draw ${n}`)),
      (draw) => emailMistake(0.9, missing, draw) !== null,
    );
  expect(errs(1)).toBeGreaterThan(errs(0) * 1.5);
  expect(errs(2)).toBeGreaterThan(errs(1) * 1.2);
});

test('whoever errs at one quality errs at every lower one, in the same way', () => {
  for (let n = 0; n < 200; n += 1) {
    const draw = drawFrom(`draw ${n}`);
    const made = [0.99, 0.9, 0.5, 0.1, 0].map((quality) => emailMistake(quality, 0, draw));
    const first = made.findIndex((mistake) => mistake !== null);
    expect(new Set(made.slice(first)).size).toBe(1);
    expect(emailMistake(1, 0, draw)).toBeNull();
  }
});

test('the model’s doubt tells mistakes from the rest, but not well, and is no constant', () => {
  const draws = Array.from({ length: 1_000 }, (_, n) => drawFrom(`draw ${n}`));
  const doubts = (mistake: Mistake | null): number[] =>
    draws.map((draw) => doubtOf(0, mistake, draw)).toSorted((a, b) => a - b);
  const [good, subtle, plain] = [doubts(null), doubts('overstated'), doubts('placeholder')];
  const at = (sorted: number[], part: number): number => sorted[Math.floor(part * sorted.length)] ?? Number.NaN;
  expect(at(good, 0.5)).toBeCloseTo(0.115, 1);
  expect(at(good, 0.9)).toBeCloseTo(0.37, 1);
  expect(new Set(good).size).toBeGreaterThan(200);
  // The chance that a mistaken draft has the higher doubt of two.
  const auc = (bad: number[]): number => {
    let higher = 0;
    for (const one of bad) higher += good.filter((other) => other < one).length / good.length;
    return higher / bad.length;
  };
  // The same draws on both sides: other ones would say the same to the second digit.
  expect(auc(subtle)).toBeGreaterThan(0.72);
  expect(auc(subtle)).toBeLessThan(0.85);
  expect(auc(plain)).toBeGreaterThan(auc(subtle));
  expect(auc(plain)).toBeLessThan(0.93);
  expect(at(subtle, 0.1)).toBeLessThan(at(good, 0.75));
});

test('a bad score lies in another tier than the one that its facts make', () => {
  const prompt = prompts.lead_score;
  for (const lead of leads.slice(0, 100)) {
    const { system, user } = prompt.build(inputsFor(lead));
    const [honest, wrong] = [1, 0].map((quality) => {
      const { text } = ask('lead_score', system, user, quality);
      return prompt.schema.parse(JSON.parse(text));
    });
    expect(tierOf(wrong?.score ?? 0)).not.toBe(tierOf(honest?.score ?? 0));
  }
});
