import * as phrases from './email-phrases.ts';
import { remarkOn, spokenName, tradeOf } from './email-trades.ts';
import type { LeadFacts } from './lead-facts.ts';
import { doubtOf, emailMistake, findInstructions, MISTAKEN_DRAFTS, NO_MISTAKE, type Truth } from './mistakes.ts';
import type { Draw } from './seeded.ts';
import type { Wanted } from './schema-value.ts';

export type Draft = {
  greeting: string;
  opening: string;
  middle: string;
  link: string | null;
  closing: string;
  signOff: string;
};

type Slots = Partial<Record<string, string>>;

export type WrittenDraft = { wanted: Wanted; body: string; truth: Truth };

/**
 * An e-mail draft as content by property name; the same facts, draw and quality give the same draft. `apart`: the chosen
 * subject has a property of its own, so the variants are the others.
 */
export function writeEmailDraft(facts: LeadFacts, draw: Draw, quality: number, apart: boolean): WrittenDraft {
  const followUp = isFollowUp(facts);
  const claim = facts.claims.length > 0 ? draw.pick('claim', facts.claims) : null;
  const link = linkFor(facts.links, claim?.text ?? '', draw);
  const trade = tradeOf(facts);
  const slots = slotsOf(facts, draw, claim?.text ?? null, link);
  const choose = (label: string, from: phrases.Phrases): string => {
    const usable = from.filter((phrase) => fits(phrase, slots));
    return fillSlots(draw.pick(label, usable.length > 0 ? usable : ['Thank you for your interest.']), slots);
  };
  const clean: Draft = {
    greeting: greeting(facts, draw),
    opening: choose('opening', openings(facts, followUp, draw)),
    middle: choose('middle', claim ? phrases.MIDDLES_WITH_FACT : phrases.MIDDLES_WITHOUT_FACT),
    link: link === null ? null : choose('link line', phrases.LINK_LINES),
    closing:
      trade !== null && !followUp && draw.unit('trade question') < 0.5
        ? trade.question
        : choose('closing', followUp ? phrases.CLOSINGS_FOLLOW_UP : phrases.CLOSINGS_FIRST),
    signOff: facts.senderName ?? '',
  };
  const remark = followUp ? null : remarkOn(facts, findInstructions(facts));
  if (remark !== null) clean.opening = `${clean.opening} ${remark}`;
  lengthen(clean, facts, draw, slots);
  const usableSubjects = (followUp ? phrases.SUBJECTS_FOLLOW_UP : phrases.SUBJECTS_FIRST).filter((s) => fits(s, slots));
  const subjects = draw.sample('subjects', usableSubjects, 3).map((subject) => capitalised(fillSlots(subject, slots)));
  const missing = missingFacts(facts);
  const mistake = emailMistake(quality, missing.length, draw);
  const made =
    mistake === null
      ? { draft: clean, subjects, mending: null }
      : MISTAKEN_DRAFTS[mistake](clean, subjects, facts, draw);
  const body = bodyOf(made.draft);
  const truth: Truth = mistake === null ? NO_MISTAKE : { mistake, mending: made.mending };
  const wanted: Wanted = {
    ...underEveryName(body),
    subject: made.subjects[0],
    subjectLine: made.subjects[0],
    subjects: made.subjects,
    subjectVariants: apart ? made.subjects.slice(1) : made.subjects,
    subjectOptions: apart ? made.subjects.slice(1) : made.subjects,
    alternatives: made.subjects.slice(1),
    alternativeSubjects: made.subjects.slice(1),
    preheader: made.draft.opening.split(/(?<=[.?!]) /)[0] ?? '',
    claims: claim ? [claim.text] : [],
    claimsUsed: claim ? [claim.text] : [],
    factsUsed: claim ? [claim.text] : [],
    claimIds: claim?.id ? [claim.id] : [],
    factIds: claim?.id ? [claim.id] : [],
    links: link === null ? [] : [link],
    link,
    question: made.draft.closing,
    callToAction: made.draft.closing,
    rationale: rationale(facts, followUp, claim?.text ?? null),
    reason: rationale(facts, followUp, claim?.text ?? null),
    reasons: [rationale(facts, followUp, claim?.text ?? null)],
    missing,
    missingFacts: missing,
    language: 'en',
    tone: facts.tone ?? 'friendly',
    doubt: doubtOf(missing.length, mistake, draw),
  };
  return { wanted, body, truth };
}

/** Puts the parts together: paragraphs, the question last, then the sender's name and nothing else. */
function bodyOf(draft: Draft): string {
  const paragraphs = [draft.greeting, draft.opening, draft.middle, draft.link, draft.closing, draft.signOff];
  return paragraphs.filter((part): part is string => part !== null && part !== '').join('\n\n');
}

/** Whatever a schema calls the mail's text. */
export function underEveryName(body: string): Wanted {
  return { body, text: body, bodyText: body, textBody: body, content: body, message: body, email: body };
}

export function missingFacts(facts: LeadFacts): string[] {
  const wanted = {
    'first name': facts.firstName,
    company: facts.company,
    'job title': facts.title,
    industry: facts.industry,
  };
  const missing = Object.entries(wanted).filter(([, value]) => value === null);
  return [
    ...missing.map(([name]) => name),
    ...(facts.events.length === 0 && facts.whitepaper === null ? ['what the lead did'] : []),
  ];
}

/** How the last thing the lead did reads in a sentence. Opens are never mentioned: they say nothing. */
export function whatTheyDid(facts: LeadFacts): { did: string; doing: string } | null {
  const paper = facts.whitepaper === null ? 'our white paper' : `“${facts.whitepaper}”`;
  const phrasesByPattern: Array<[RegExp, { did: string; doing: string }]> = [
    [/demo|trial/i, { did: 'asked for a demonstration', doing: 'asking for a demonstration' }],
    [/webinar/i, { did: 'joined our webinar', doing: 'joining our webinar' }],
    [/pricing|price/i, { did: 'looked at how our pricing works', doing: 'looking at how our pricing works' }],
    [/repl/i, { did: 'wrote back to us', doing: 'writing back' }],
    [/download|white ?paper|pdf/i, { did: `downloaded ${paper}`, doing: `downloading ${paper}` }],
    [/click|link/i, { did: 'followed the link in our last mail', doing: 'following the link in our last mail' }],
    [/form|contact|sign/i, { did: 'left us your address', doing: 'leaving us your address' }],
    [/visit|page|site/i, { did: 'had a look at our site', doing: 'having a look at our site' }],
  ];
  for (const event of facts.events.toReversed()) {
    const match = phrasesByPattern.find(([pattern]) => pattern.test(event));
    if (match) return match[1];
  }
  return facts.whitepaper === null ? null : { did: `downloaded ${paper}`, doing: `downloading ${paper}` };
}

function openings(facts: LeadFacts, followUp: boolean, draw: Draw): phrases.Phrases {
  if (followUp) return phrases.OPENINGS_FOLLOW_UP;
  const usesTrade = tradeOf(facts) !== null && facts.company !== null && whatTheyDid(facts) !== null;
  return usesTrade && draw.unit('trade opening') < 0.6 ? phrases.OPENINGS_TRADE : phrases.OPENINGS_FIRST;
}

/** The page that is about the claim (its name stands in it), else any. */
function linkFor(links: readonly string[], claim: string, draw: Draw): string | null {
  if (links.length === 0) return null;
  const bare = (text: string): string => text.toLowerCase().replaceAll(/[^a-z]/g, '');
  const about = links.find((link) => {
    const page = bare(link.split('/').at(-1) ?? '');
    return page.length > 3 && bare(claim).includes(page);
  });
  return about ?? draw.pick('link', links);
}

function isFollowUp(facts: LeadFacts): boolean {
  return facts.priorMails > 0 || /follow|second|third|remind|nudge|again|[-_ ]?[2-9]$/i.test(facts.stepId ?? '');
}

function slotsOf(facts: LeadFacts, draw: Draw, claim: string | null, link: string | null): Slots {
  const done = whatTheyDid(facts);
  const topic = facts.topic?.split(/[:–—(]/)[0]?.trim();
  const slots: Record<string, string | null | undefined> = {
    first: facts.firstName,
    company: facts.company && spokenName(facts.company),
    title: facts.title,
    industry: facts.industry && lowered(facts.industry),
    scene: tradeOf(facts)?.scene,
    topic: topic && loweredTitle(topic),
    did: done?.did,
    doing: done?.doing,
    fact: claim === null ? null : sentence(claim),
    link,
    variant: draw.hex('variant', 4),
  };
  return Object.fromEntries(Object.entries(slots).filter((entry): entry is [string, string] => Boolean(entry[1])));
}

function greeting(facts: LeadFacts, draw: Draw): string {
  const formal = /formal|serious|professional/i.test(facts.tone ?? '') && !/informal/i.test(facts.tone ?? '');
  if (facts.firstName === null) return formal ? 'Good day,' : 'Hello,';
  return `${formal ? 'Dear' : draw.pick('greeting', ['Hi', 'Hello'])} ${facts.firstName},`;
}

/** Short drafts (few known facts, a short claim) get one more plain sentence or two until they say enough. */
function lengthen(draft: Draft, facts: LeadFacts, draw: Draw, slots: Slots): void {
  const words = (): number => bodyOf(draft).split(/\s+/).length;
  const more = phrases.MIDDLES_WITHOUT_FACT.filter((phrase) => fits(phrase, slots));
  for (const phrase of draw.sample(`more/${facts.stepId ?? ''}`, more, more.length)) {
    if (words() >= 78) return;
    const added = fillSlots(phrase, slots);
    if (!draft.middle.includes(added)) draft.middle = `${draft.middle} ${added}`;
  }
}

function rationale(facts: LeadFacts, followUp: boolean, claim: string | null): string {
  const done = whatTheyDid(facts);
  const who = [facts.title, facts.company].filter(Boolean).join(' at ') || 'The lead';
  const because = done ? `${who} ${done.did}` : `${who} showed interest${facts.source ? ` (${facts.source})` : ''}`;
  const use =
    claim === null ? 'It makes no claim, since none is allowed.' : `Its one claim is from your list: “${claim}”`;
  const earlier = Math.max(1, facts.priorMails);
  const sort = followUp
    ? `A follow-up to ${earlier} earlier ${earlier === 1 ? 'mail' : 'mails'}, with one new point.`
    : 'A first mail, so it is short and asks one easy question.';
  return `${because}. ${sort} ${use}`;
}

const SLOT = /\{(\w+)\}/g;

function fits(phrase: string, slots: Slots): boolean {
  return [...phrase.matchAll(SLOT)].every((match) => slots[match[1] ?? ''] !== undefined);
}

function fillSlots(phrase: string, slots: Slots): string {
  return phrase.replaceAll(SLOT, (_, name: string) => slots[name] ?? '');
}

function sentence(claim: string): string {
  const trimmed = claim.trim();
  return capitalised(/[.!?…]$/.test(trimmed) ? trimmed : `${trimmed}.`);
}

/** `Elevator maintenance` reads `elevator maintenance` inside a sentence; `HVAC` and `IT services` stay as they are. */
function lowered(name: string): string {
  return /^\p{Lu}\p{Ll}/u.test(name) ? name.charAt(0).toLowerCase() + name.slice(1) : name;
}

/** A title such as `Field Service Scheduling` reads in small letters inside a sentence. */
function loweredTitle(title: string): string {
  return /^(\p{Lu}\p{Ll}+[\s-]?)+$/u.test(title) ? title.toLowerCase() : lowered(title);
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
