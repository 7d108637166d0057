import { humanDuration, durationMs } from '../duration.ts';
import { type Condition, countOf, type LeadFacts, fieldOf, holds, numberOf } from './condition.ts';

type FieldCondition = Extract<Condition, { field: string }>;
type EventCondition = Extract<Condition, { event: string }>;

/** What a condition asks, in a few words: a label for a way (“clicked within 14 days”). */
export function conditionWords(condition: Condition): string {
  if ('all' in condition) return condition.all.map((part) => grouped(part, 'any')).join(' and ');
  if ('any' in condition) return condition.any.map((part) => grouped(part, 'all')).join(' or ');
  if ('not' in condition) return negated(condition.not);
  if ('field' in condition) return fieldWords(condition);
  if ('tag' in condition) return `tagged “${condition.tag}”`;
  if ('event' in condition) return eventWords(condition);
  if ('score' in condition) return `score ${rangeWords(condition.score)}`;
  if ('segment' in condition) return `in segment ${condition.segment}`;
  if (condition.replied === true) return 'replied';
  return condition.replied === false ? 'not replied' : `replied: ${condition.replied}`;
}

/** “a and (b or c)”: brackets only where two words would be read wrongly. */
function grouped(part: Condition, other: 'all' | 'any'): string {
  const words = conditionWords(part);
  const list = 'all' in part ? part.all : 'any' in part ? part.any : [];
  return other in part && list.length > 1 ? `(${words})` : words;
}

function negated(condition: Condition): string {
  if ('all' in condition || 'any' in condition) return `not (${conditionWords(condition)})`;
  if ('tag' in condition) return `not tagged “${condition.tag}”`;
  if ('segment' in condition) return `not in segment ${condition.segment}`;
  return `not ${conditionWords(condition)}`;
}

function fieldWords(condition: FieldCondition): string {
  const words: string[] = [];
  const { field } = condition;
  if (condition.exists !== undefined) words.push(`${field} is ${condition.exists ? 'known' : 'not known'}`);
  if (condition.is !== undefined) words.push(`${field} is “${condition.is}”`);
  if (condition.is_not !== undefined) words.push(`${field} is not “${condition.is_not}”`);
  if (condition.in !== undefined) words.push(`${field} is ${quotedList(condition.in)}`);
  if (condition.contains !== undefined) words.push(`${field} contains “${condition.contains}”`);
  if (condition.at_least !== undefined || condition.at_most !== undefined)
    words.push(`${field} ${rangeWords(condition)}`);
  return words.join(' and ');
}

function quotedList(values: ReadonlyArray<string | number | boolean>): string {
  const shown = values.slice(0, 4).map((value) => `“${value}”`);
  if (values.length > 4) return `one of ${shown.join(', ')} and ${values.length - 4} more`;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} or ${shown.at(-1)}`;
}

function rangeWords({
  at_least: low,
  at_most: high,
}: {
  at_least?: number | undefined;
  at_most?: number | undefined;
}): string {
  if (low !== undefined && high !== undefined) return `${low} to ${high}`;
  return low === undefined ? `at most ${high}` : `at least ${low}`;
}

function eventWords({ event, at_least: count, within, since }: EventCondition): string {
  const times = count === undefined || count === 1 ? '' : ` ${count} times`;
  return `${event}${times}${withinWords(within)}${since === undefined ? '' : ` since the ${since} began`}`;
}

function withinWords(within: string | undefined): string {
  return within === undefined ? '' : ` within ${durationWords(within)}`;
}

/** “14 days” for `14d`: a duration of a file as people say it. */
export function durationWords(text: string): string {
  const ms = durationMs(text);
  return ms === 86_400_000 ? '1 day' : humanDuration(ms);
}

/** A sentence that says whether the condition is true of this lead, and from what one can tell. */
export function explain(condition: Condition, facts: LeadFacts, now: Date): string {
  const because = reason(condition, facts, now);
  return `${holds(condition, facts, now) ? 'Yes' : 'No'}: ${because}.`;
}

/** The parts that decide the answer, each with what is known: those that hold when it is true, those that fail when not. */
function reason(condition: Condition, facts: LeadFacts, now: Date): string {
  if ('all' in condition || 'any' in condition) {
    const parts = 'all' in condition ? condition.all : condition.any;
    const truth = holds(condition, facts, now);
    const deciding = parts.filter((part) => holds(part, facts, now) === truth);
    return deciding.map((part) => reason(part, facts, now)).join(', and ');
  }
  if ('not' in condition) return reason(condition.not, facts, now);
  if ('field' in condition) return fieldReason(condition, facts);
  if ('tag' in condition)
    return holds(condition, facts, now) ? `tagged “${condition.tag}”` : `not tagged “${condition.tag}”`;
  if ('event' in condition) return eventReason(condition, facts, now);
  if ('score' in condition) {
    if (facts.score === null) return 'not scored yet';
    const wanted = rangeWords(condition.score);
    return `score ${facts.score} is ${holds(condition, facts, now) ? '' : 'not '}${wanted}`;
  }
  if ('segment' in condition) return `${holds(condition, facts, now) ? 'in' : 'not in'} segment ${condition.segment}`;
  if (typeof condition.replied === 'string')
    return holds(condition, facts, now) ? `replied: ${condition.replied}` : `no reply that is “${condition.replied}”`;
  return holds({ replied: true }, facts, now) ? 'the lead replied' : 'the lead has not replied';
}

function fieldReason(condition: FieldCondition, facts: LeadFacts): string {
  const value = fieldOf(facts, condition.field);
  if (value === null) return `${condition.field} is not known`;
  const is = `${condition.field} is “${value.slice(0, 80)}”`;
  const asksNumber = condition.at_least !== undefined || condition.at_most !== undefined;
  if (asksNumber && numberOf(value) === null) return `${is}, which is no number`;
  const { field: _, ...asked } = condition;
  const wanted = conditionWords({ field: '', ...asked }).trim();
  const spelt = condition.is !== undefined || condition.exists !== undefined;
  return spelt && Object.keys(asked).length === 1 ? is : `${is} (asked: ${wanted})`;
}

function eventReason(condition: EventCondition, facts: LeadFacts, now: Date): string {
  const count = countOf(condition, facts, now);
  const wanted = condition.at_least ?? 1;
  const times = count === 0 ? 'no' : String(count);
  const range = `${withinWords(condition.within)}${condition.since === undefined ? '' : ` since the ${condition.since} began`}`;
  return `${times} “${condition.event}”${range}${count < wanted && wanted > 1 ? `, fewer than ${wanted}` : ''}`;
}
