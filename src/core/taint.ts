import { plainText } from './plain-text.ts';
import type { LeadFacts } from './facts.ts';

/** Shapes of text that speaks to a machine rather than to a person. A hit never blocks; it makes the decision one for people. */
const INSTRUCTION: RegExp[] = [
  /\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:previous|prior|above|earlier|all|any|your|the)\b.{0,30}\b(?:instruction|prompt|rule|message|direction|guideline|polic)/i,
  /\b(?:system|developer|assistant|user)\s*(?:prompt|message|role)?\s*[:>\]]/i,
  /\byou are (?:now|an? )|\bact as\b|\bpretend to be\b|\bnew instructions?\b|\bjailbreak\b|\bdo anything now\b/i,
  /\b(?:auto-?)?approve (?:this|all|every|the|it|automatically)\b|\bset (?:the )?(?:score|risk|tier) (?:to|=)|\bscore (?:this|me|the lead) (?:as |at )?(?:100|hot|high)/i,
  /\b(?:send|forward|cc|bcc|reply) (?:this|it|everything|the (?:mail|e-?mail|data|list))?.{0,20}\bto\b.{0,40}@/i,
  /\b(?:reveal|print|repeat|show|output|leak)\b.{0,30}\b(?:prompt|instructions?|secrets?|api key|password|system)/i,
  /<\|?(?:im_start|im_end|system|endoftext)\|?>|\[\/?INST\]|<<SYS>>|BEGIN (?:SYSTEM|PROMPT)/i,
  /\b(?:ignoriere|vergiss|missachte)\b.{0,40}\b(?:anweisung|vorherig|regel)|\bignora\b.{0,40}\b(?:instrucciones|istruzioni|anteriores)|\bignore[zr]?\b.{0,40}\b(?:instructions|consignes)/i,
  /忽略.{0,12}(?:指令|说明|提示)|игнорируй.{0,30}(?:инструкц|указани)|無視して.{0,10}(?:指示|命令)|以前の指示/i,
];
const LONG_BASE64 = /(?:[A-Za-z0-9+/]{4}){12,}={0,2}/g;

function looksLikeInstruction(text: string): boolean {
  const spaced = plainText(text).normalize('NFKC');
  if (INSTRUCTION.some((pattern) => pattern.test(spaced))) return true;
  // A payload can be split with blanks between the letters, or hidden in base64.
  const squeezed = spaced.replace(/(?<=\b\w) (?=\w\b)/g, '');
  if (squeezed !== spaced && INSTRUCTION.some((pattern) => pattern.test(squeezed))) return true;
  for (const [encoded] of spaced.matchAll(LONG_BASE64)) {
    const decoded = Buffer.from(encoded, 'base64').toString('utf8');
    if (INSTRUCTION.some((pattern) => pattern.test(decoded))) return true;
  }
  return false;
}

/**
 * The names of the lead's fields that contain text which looks like an instruction to a machine, or invisible characters
 * that only a machine would read. Fields are also looked at together, since a payload may be split across them.
 */
export function taintOf(lead: LeadFacts): string[] {
  const named: Array<[string, string]> = [
    ['firstName', lead.firstName ?? ''],
    ['lastName', lead.lastName ?? ''],
    ['company', lead.company ?? ''],
    ['title', lead.title ?? ''],
    ['source', lead.source ?? ''],
    ['country', lead.country ?? ''],
    ...Object.entries(lead.fields),
    ...lead.events.map((event, i): [string, string] => [`event ${i + 1} (${event.type})`, event.detail]),
  ];
  const hits = named.filter(([, text]) => looksLikeInstruction(text) || /[\u200b\u2060-\u2064\u{e0000}-\u{e007f}]/u.test(text)).map(([name]) => name);
  if (hits.length === 0 && looksLikeInstruction(named.map(([, text]) => text).join(' '))) return ['several fields together'];
  return hits;
}
