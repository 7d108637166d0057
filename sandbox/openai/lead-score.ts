import { missingFacts, whatTheyDid } from './email-draft.ts';
import type { LeadFacts } from './lead-facts.ts';
import { doubtOf, NO_MISTAKE, type ScoreMistake, scoreMistake, type Truth } from './mistakes.ts';
import type { Draw } from './seeded.ts';
import type { Wanted } from './schema-value.ts';

type Reason = { points: number; text: string };

export type WrittenScore = { wanted: Wanted; score: number; reasons: string[]; truth: Truth };

const START = 34;
const HOT = 70;
const WARM = 40;
const MOST_REASONS = 5;

/** A lead score (0…100) as content by property name, with the reasons that made it, strongest first. */
export function writeLeadScore(facts: LeadFacts, draw: Draw, quality: number): WrittenScore {
  const found = reasonsFor(facts).toSorted((a, b) => Math.abs(b.points) - Math.abs(a.points));
  const sum = found.reduce((total, reason) => total + reason.points, START) + draw.int('noise', -3, 3);
  const honest = Math.min(98, Math.max(2, sum));
  const known = found.slice(0, MOST_REASONS).map((reason) => reason.text);
  const honestReasons = known.length > 0 ? known : ['Nothing is known of this lead beyond the address'];
  const missing = missingFacts(facts);
  const mistake = scoreMistake(quality, missing.length, draw);
  const score = mistake === null ? honest : wrongScore(honest, draw);
  const reasons = mistake === null ? honestReasons : wrongReasons(mistake, honestReasons, score > honest, draw);
  const truth: Truth =
    mistake === null ? NO_MISTAKE : { mistake, mending: { kind: 'score', score: honest, reasons: honestReasons } };
  const tier = score >= HOT ? 'hot' : score >= WARM ? 'warm' : 'cold';
  const why = rationale(facts, score, tier, reasons);
  const wanted: Wanted = {
    score,
    leadScore: score,
    points: score,
    tier,
    band: tier,
    grade: tier,
    priority: tier === 'hot' ? 'high' : tier === 'warm' ? 'medium' : 'low',
    reasons,
    factors: reasons,
    signals: reasons,
    rationale: why,
    explanation: why,
    summary: why,
    missing,
    missingFacts: missing,
    doubt: doubtOf(missing.length, mistake, draw),
    qualified: score >= WARM,
  };
  return { wanted, score, reasons, truth };
}

/** Two tiers away, or from the middle to an end: whoever reads the reasons sees that it does not fit. */
function wrongScore(honest: number, draw: Draw): number {
  return honest >= 55 ? draw.int('wrong score', 6, 30) : draw.int('wrong score', 76, 95);
}

function wrongReasons(mistake: ScoreMistake, honest: string[], tooHigh: boolean, draw: Draw): string[] {
  switch (mistake) {
    case 'wrong_tier':
      return honest;
    case 'invented_reason': {
      const visits = `Visited the pricing page ${draw.int('visits', 4, 9)} times this week`;
      const invented = tooHigh ? visits : 'Told us on the telephone that there is no budget';
      return [invented, ...honest].slice(0, MOST_REASONS);
    }
  }
}

function reasonsFor(facts: LeadFacts): Reason[] {
  return [...roleReasons(facts), ...firmReasons(facts), ...behaviourReasons(facts), ...otherReasons(facts)];
}

function roleReasons({ title }: LeadFacts): Reason[] {
  if (title === null) return [{ points: -6, text: 'No job title, so it is open whether this person decides' }];
  if (/student|intern|professor|research|journalist|freelance/i.test(title))
    return [{ points: -22, text: `${title} does not usually buy scheduling tools` }];
  if (/\b(chief|c[eot]o|owner|founder|managing|president|vp|vice|geschäftsführer)\b/i.test(title))
    return [{ points: 20, text: `${title} can decide on this` }];
  if (/director|head|leiter|operations|dispatch|service manager|field/i.test(title))
    return [{ points: 17, text: `${title} runs the work that the paper is about` }];
  if (/manager|lead|supervisor|coordinator|planner/i.test(title))
    return [{ points: 10, text: `${title} works with the plan every day` }];
  return [{ points: 2, text: `${title} may know who decides` }];
}

function firmReasons({ employees, industry, company }: LeadFacts): Reason[] {
  const reasons: Reason[] = [];
  if (employees !== null && employees >= 20 && employees <= 500)
    reasons.push({
      points: 12,
      text: `${employees} employees: large enough for a dispatcher, small enough to change quickly`,
    });
  else if (employees !== null && employees > 500)
    reasons.push({ points: 6, text: `${employees} employees: fits, but several people will decide` });
  else if (employees !== null)
    reasons.push({ points: -10, text: `${employees} employees: may well do with a whiteboard` });
  if (industry !== null && FIELD_WORK.test(industry))
    reasons.push({ points: 12, text: `${industry} sends people out to customers every day` });
  else if (industry !== null && OFFICE_WORK.test(industry))
    reasons.push({ points: -14, text: `${industry} has few field crews` });
  if (company === null) reasons.push({ points: -5, text: 'No company given' });
  return reasons;
}

function behaviourReasons(facts: LeadFacts): Reason[] {
  const events = facts.events.join(' | ');
  const reasons: Reason[] = [];
  if (/demo|trial/i.test(events)) reasons.push({ points: 20, text: 'Asked for a demonstration' });
  if (/pricing/i.test(events)) reasons.push({ points: 14, text: 'Looked at the pricing page' });
  if (/webinar/i.test(events)) reasons.push({ points: 8, text: 'Joined a webinar' });
  if (/repl/i.test(events)) reasons.push({ points: 12, text: 'Wrote back' });
  if (/unsub|complain|bounce/i.test(events))
    reasons.push({ points: -40, text: 'Asked not to be mailed, or could not be reached' });
  const did = whatTheyDid(facts)?.did;
  if (did?.startsWith('downloaded')) reasons.push({ points: 6, text: `${did.charAt(0).toUpperCase()}${did.slice(1)}` });
  return reasons;
}

/** Facts that no rule above knows (another firm's columns) still count for a little, and are named. */
function otherReasons(facts: LeadFacts): Reason[] {
  const reasons: Reason[] = [];
  if (facts.source !== null) {
    const strong = /refer|event|partner|webinar/i.test(facts.source);
    reasons.push({ points: strong ? 7 : 1, text: `Source: ${facts.source}` });
  }
  for (const { name, value } of facts.all) {
    const amount = Number(value);
    if (/time spent|visits|page ?views/i.test(name) && amount > 0)
      reasons.push({ points: Math.min(14, Math.round(Math.log2(amount + 1) * 1.4)), text: `${name}: ${value}` });
  }
  return reasons;
}

function rationale(facts: LeadFacts, score: number, tier: string, reasons: string[]): string {
  const who = [facts.title, facts.company].filter(Boolean).join(' at ') || 'This lead';
  return `${who} scores ${score} (${tier}), above all for this: ${reasons.slice(0, 2).join('; ')}.`;
}

const FIELD_WORK =
  /hvac|heating|cooling|plumb|electri|elevator|lift|facilit|telecom|utilit|energy|solar|fire|security|alarm|pest|medical|clean|garden|landscap|roof|water|wind|repair|mainten|install|field|appliance|construct|logistic/i;
const OFFICE_WORK = /agency|marketing|educat|universit|media|law|bank|insur|consult|finance|software/i;
