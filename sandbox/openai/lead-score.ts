import { doubt, missingFacts, whatTheyDid } from './email-draft.ts';
import type { LeadFacts } from './lead-facts.ts';
import type { Mistake } from './mistakes.ts';
import type { Draw } from './seeded.ts';
import type { Wanted } from './schema-value.ts';

type Reason = { points: number; text: string };

const START = 34;

/** A lead score (0…100) as content by property name, with the reasons that made it, strongest first. */
export function writeLeadScore(facts: LeadFacts, draw: Draw, mistake: Mistake | null): Wanted {
  const reasons = reasonsFor(facts).toSorted((a, b) => Math.abs(b.points) - Math.abs(a.points));
  const sum = reasons.reduce((total, reason) => total + reason.points, START) + draw.int('noise', -3, 3);
  const honest = Math.min(98, Math.max(2, sum));
  const score = mistake === null ? honest : 100 - honest;
  const invented: Reason[] =
    mistake === null
      ? []
      : [{ points: 20, text: `Visited the pricing page ${draw.int('visits', 4, 9)} times this week` }];
  const stated = [...invented, ...reasons].slice(0, 5);
  const texts =
    stated.length > 0 ? stated.map((reason) => reason.text) : ['Nothing is known of this lead beyond the address'];
  const tier = score >= 70 ? 'hot' : score >= 40 ? 'warm' : 'cold';
  const missing = missingFacts(facts);
  return {
    score,
    leadScore: score,
    points: score,
    tier,
    band: tier,
    grade: tier,
    priority: tier === 'hot' ? 'high' : tier === 'warm' ? 'medium' : 'low',
    reasons: texts,
    factors: texts,
    signals: texts,
    rationale: rationale(facts, score, tier, texts),
    explanation: rationale(facts, score, tier, texts),
    summary: rationale(facts, score, tier, texts),
    missing,
    missingFacts: missing,
    doubt: doubt(missing.length, mistake !== null, draw),
    qualified: score >= 40,
  };
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
