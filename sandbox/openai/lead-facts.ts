import { readPromptLines } from './prompt-lines.ts';

/** What the templates know of a lead. Everything is optional: prompts differ, and a real lead has gaps. */
export type LeadFacts = {
  firstName: string | null;
  lastName: string | null;
  company: string | null;
  title: string | null;
  industry: string | null;
  country: string | null;
  source: string | null;
  topic: string | null;
  whitepaper: string | null;
  employees: number | null;
  interests: string[];
  /** One line an event, newest last, as far as the prompt's order says. */
  events: string[];
  stepId: string | null;
  priorMails: number;
  /** Claims the sender may make. */
  claims: Array<{ id: string | null; text: string }>;
  links: string[];
  tone: string | null;
  senderName: string | null;
  senderCompany: string | null;
  /** Every scalar of the block as `name: value`, for schemas and leads nobody foresaw. */
  all: Array<{ name: string; value: string }>;
  /** Every text of the block, uncut: where an injection would stand. */
  texts: string[];
};

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const normal = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

/** Reads the lead's facts out of a prompt; a prompt without any JSON gives facts without content. */
export function readLeadFacts(prompt: string): LeadFacts {
  const block = findJson(prompt) ?? {};
  const lines = readPromptLines(prompt);
  // A sender and a workflow have names and companies too, which are not the lead's.
  const { about, around } = split(block);
  const lookup =
    (fields: Map<string, Json>) =>
    (...names: string[]): Json | undefined =>
      names.map((name) => fields.get(normal(name))).find((found) => found !== undefined);
  const ofLead = lookup(collectFields(about));
  const first = lookup(collectFields(block));
  const sender = lookup(collectFields(around));
  const text = (...names: string[]): string | null => oneLine(ofLead(...names));
  const whole = text('name', 'fullName', 'leadName')?.split(/\s+/) ?? [];
  const interests = textList(ofLead('interests', 'topics', 'interest'));
  const events = textList(first('events', 'leadEvents', 'activity', 'activities', 'recentEvents', 'lastActivity'));
  const whitepaper =
    text('whitepaper', 'asset', 'document') ?? /white ?paper: ([^;·]+)/i.exec(events.join(' · '))?.[1]?.trim() ?? null;
  return {
    firstName: text('firstName', 'givenName', 'first') ?? whole[0] ?? null,
    lastName: text('lastName', 'familyName', 'surname', 'last') ?? (whole.length > 1 ? (whole.at(-1) ?? null) : null),
    company: text('company', 'companyName', 'account', 'accountName', 'organisation', 'organization'),
    title: text('title', 'jobTitle', 'role', 'position'),
    industry: text('industry', 'sector', 'specialization'),
    country: text('country'),
    source: text('source', 'leadSource'),
    whitepaper,
    topic: interests[0] ?? whitepaper ?? null,
    employees: number(ofLead('employees', 'companySize', 'headcount', 'size')),
    interests,
    events,
    stepId: oneLine(first('stepId', 'step', 'stepName')) ?? lines.step,
    priorMails: Math.max(
      count(first('priorMails', 'previousMails', 'mailsSent', 'earlierMails', 'priorMailCount')),
      lines.priorMails.length,
    ),
    claims: [...claimList(first('facts', 'allowedClaims', 'allowedFacts', 'claims')), ...claimList(lines.claims)],
    links: [...linkList(first('allowedLinks', 'links', 'allowedUrls')), ...lines.links],
    tone: oneLine(first('tone', 'voice', 'style')) ?? lines.tone,
    senderName:
      oneLine(first('senderName', 'fromName', 'sender', 'from')) ?? oneLine(sender('name')) ?? lines.senderName,
    senderCompany:
      oneLine(first('senderCompany', 'ourCompany', 'brand')) ??
      oneLine(sender('company', 'organisation', 'organization')) ??
      lines.senderCompany,
    all: scalars(block),
    texts: texts(block),
  };
}

/**
 * The JSON of the prompt: first the fenced block under a `LEAD FACTS` line, then any fenced block, then the first
 * braces that parse. A fence inside a lead's own text does not end the block early, since the end is where it parses.
 */
function findJson(prompt: string): Json | undefined {
  const marked = prompt.search(/lead facts/i);
  const fences = [...prompt.matchAll(/```(?:json)?[ \t]*\r?\n/gi)].map((match) => ({
    at: match.index,
    from: match.index + match[0].length,
  }));
  const ordered = [...fences.filter((fence) => marked >= 0 && fence.at > marked), ...fences];
  for (const fence of ordered) {
    for (let end = prompt.indexOf('```', fence.from); end >= 0; end = prompt.indexOf('```', end + 3)) {
      const parsed = parseObject(prompt.slice(fence.from, end));
      if (parsed !== undefined) return parsed;
    }
  }
  const open = prompt.indexOf('{', Math.max(marked, 0));
  if (open < 0) return undefined;
  for (let close = prompt.lastIndexOf('}'); close > open; close = prompt.lastIndexOf('}', close - 1)) {
    const parsed = parseObject(prompt.slice(open, close + 1));
    if (parsed !== undefined) return parsed;
  }
  return undefined;
}

const NOT_THE_LEAD = /^(sender|from|brand|workflow|step|campaign)$/;
const THE_LEAD = /^(lead|person|contact|recipient)$/;

/** The part of the block that describes the lead, and the part that describes whoever writes. */
function split(block: Json): { about: Json; around: Json } {
  if (typeof block !== 'object' || block === null || Array.isArray(block)) return { about: block, around: null };
  const entries = Object.entries(block);
  const lead = entries.find(
    ([name, value]) => THE_LEAD.test(normal(name)) && typeof value === 'object' && value !== null,
  );
  const others = entries.filter(([name]) => !NOT_THE_LEAD.test(normal(name)));
  const account = entries.find(([name]) => normal(name) === 'account')?.[1] ?? null;
  const sender = entries.find(([name]) => /^(sender|from|brand)$/.test(normal(name)))?.[1] ?? null;
  return { about: lead ? { account, ...asObject(lead[1]) } : Object.fromEntries(others), around: sender };
}

function asObject(value: Json): { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

function parseObject(source: string): Json | undefined {
  try {
    const parsed: Json = JSON.parse(source);
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Property names of all depths, nearest the top first. */
function collectFields(block: Json): Map<string, Json> {
  const fields = new Map<string, Json>();
  let level: Json[] = [block];
  while (level.length > 0) {
    const below: Json[] = [];
    for (const node of level) {
      if (typeof node !== 'object' || node === null || Array.isArray(node)) continue;
      for (const [name, value] of Object.entries(node)) {
        const key = normal(name);
        if (!fields.has(key) && value !== null && value !== '') fields.set(key, value);
        below.push(value);
      }
    }
    level = below;
  }
  return fields;
}

function oneLine(value: Json | undefined): string | null {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return oneLine(value['name'] ?? value['title'] ?? value['text'] ?? value['id']);
  }
  if (typeof value !== 'string') return null;
  const line = value.replaceAll(/\s+/g, ' ').trim();
  if (line === '') return null;
  return line.length > 80 ? `${line.slice(0, 79).trimEnd()}…` : line;
}

function textList(value: Json | undefined): string[] {
  if (value === undefined || value === null) return [];
  if (typeof value === 'string')
    return value
      .split(/[,;|]/)
      .map((part) => part.trim())
      .filter(Boolean);
  if (!Array.isArray(value)) return typeof value === 'object' ? [describe(value)] : [String(value)];
  return value.map((item) => (typeof item === 'object' && item !== null ? describe(item) : String(item)));
}

/** An event object as one line: `whitepaper downloaded · Field service scheduling`. */
function describe(value: Json): string {
  return scalars(value)
    .filter(({ name }) => !/^(id|at|on|date|time|occurredat|createdat)$/.test(normal(name)))
    .map((entry) => entry.value)
    .join(' · ');
}

function claimList(value: Json | undefined): LeadFacts['claims'] {
  if (!Array.isArray(value)) return textList(value).map((claim) => ({ id: null, text: claim }));
  return value.flatMap((item) => {
    if (typeof item === 'string') return [{ id: null, text: item.trim() }];
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return [];
    const claim = item['text'] ?? item['claim'] ?? item['fact'] ?? item['statement'];
    if (typeof claim !== 'string') return [];
    return [{ id: typeof item['id'] === 'string' ? item['id'] : null, text: claim.trim() }];
  });
}

function linkList(value: Json | undefined): string[] {
  return texts(value ?? null).filter((entry) => /^https?:\/\/\S+$/.test(entry));
}

function number(value: Json | undefined): number | null {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return null;
  const digits = /\d[\d.,]*/.exec(value)?.[0].replaceAll(/[.,]/g, '');
  return digits === undefined ? null : Number(digits);
}

function count(value: Json | undefined): number {
  return Array.isArray(value) ? value.length : (number(value) ?? 0);
}

function scalars(value: Json, name = ''): Array<{ name: string; value: string }> {
  if (value === null || value === '') return [];
  if (Array.isArray(value)) return value.flatMap((item) => scalars(item, name));
  if (typeof value === 'object') return Object.entries(value).flatMap(([key, inner]) => scalars(inner, key));
  return [{ name, value: oneLine(String(value)) ?? '' }];
}

function texts(value: Json): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(texts);
}
