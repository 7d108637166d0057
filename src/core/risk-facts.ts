import type { Finding } from './finding.ts';
import type { ProposalInputs } from './facts.ts';
import type { Kind } from './kinds/kind.ts';

/** All that is known of a proposal before anybody has decided it. */
export type RiskFacts = {
  kind: Kind;
  /** The model's own doubt, 0…1; null when it gave none. */
  doubt: number | null;
  findings: readonly Finding[];
  tainted: readonly string[];
  inputs: ProposalInputs;
  /** What people read: of a mail its subject and body, of a score its reasons as the body. */
  text: { subject: string; body: string };
  /** Word distance 0…1 to the nearest of the last texts that were approved at this step; null where there were none. */
  unlikeApproved: number | null;
  /** People have judged something for this language and tier in the present epoch. */
  segmentSeen: boolean;
};

/** The subject and the body of a proposal of any kind. */
export function textOf(content: Readonly<Record<string, unknown>>): RiskFacts['text'] {
  const { subject, body, reasons } = content;
  const lines = Array.isArray(reasons) ? reasons.filter((reason) => typeof reason === 'string') : [];
  return {
    subject: typeof subject === 'string' ? subject : '',
    body: typeof body === 'string' ? body : lines.join('\n'),
  };
}

export function wordsOf({ body }: RiskFacts['text']): number {
  return body.split(/\s+/).filter(Boolean).length;
}

/** Exclamation marks and words in capitals: how loud a text is. Words of three letters and less (“CRM”) are names. */
export function loudness({ subject, body }: RiskFacts['text']): { exclamations: number; capitals: number } {
  const text = `${subject}\n${body}`;
  return {
    exclamations: text.match(/[!！]/g)?.length ?? 0,
    capitals: text.match(/(?<!\p{L})\p{Lu}{4,}(?!\p{L})/gu)?.length ?? 0,
  };
}

/** What the record lacks of what a draft is usually built on. */
export function gapsOf({ lead }: ProposalInputs): string[] {
  const wanted: Array<[string, string | null]> = [
    ['name', lead.firstName],
    ['company', lead.company],
    ['job title', lead.title],
  ];
  return wanted.filter(([, value]) => value === null || value.trim() === '').map(([name]) => name);
}
