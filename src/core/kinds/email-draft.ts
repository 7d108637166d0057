import { z } from 'zod';
import type { KindRules } from './kind-rules.ts';
import { editEffort } from '../edit-effort.ts';
import { emailFindings, linksIn } from '../guardrails.ts';
import { oneLine, plainText } from '../plain-text.ts';

export const emailDraftSchema = z.strictObject({
  subject: z.string().overwrite(oneLine).min(1).max(200),
  /** Exactly what the reviewer saw: line feeds, no invisible characters, nothing else touched. */
  body: z.string().overwrite(plainText).min(1).max(15_000),
  /** Other subjects the model offered; the reviewer may pick one in the edit modal. */
  subjectVariants: z.array(z.string().overwrite(oneLine).min(1).max(200)).max(4),
});
export type EmailDraft = z.infer<typeof emailDraftSchema>;

const NUMBERS = /[$€£]?\d[\d,.]*\s?%?/g;

/** Links, prices and numbers: what a reader would hold us to. Compared as multisets between two versions. */
function hardFacts(text: string): string {
  return JSON.stringify([linksIn(text).sort(), (text.match(NUMBERS) ?? []).map((hit) => hit.trim()).sort()]);
}

function greetingLine(body: string): string {
  return (body.split('\n', 1)[0] ?? '').trim().toLowerCase();
}

export const emailDraftRules: KindRules<EmailDraft> = {
  kind: 'email_draft',
  label: 'e-mail draft',
  schema: emailDraftSchema,
  sendsMail: true,
  tolerance: 0.05,
  guardrails: (content, inputs) => emailFindings(content, inputs),
  change(before, after) {
    const majorFields: string[] = [];
    if (before.subject !== after.subject) majorFields.push('subject');
    if (hardFacts(before.body) !== hardFacts(after.body)) majorFields.push('links or numbers');
    if (greetingLine(before.body) !== greetingLine(after.body)) majorFields.push('greeting');
    return { effort: editEffort(before.body, after.body), majorFields };
  },
  approvalEffect: (content) => ({ type: 'queue_message', subject: content.subject, body: content.body }),
  summary: (content) => `“${content.subject}”`,
};
