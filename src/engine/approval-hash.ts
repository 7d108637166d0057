import { contentHash } from '../core/canonical-json.ts';
import type { EmailDraft } from '../core/kinds/email-draft.ts';
import type { Kind } from '../core/kinds/kind.ts';
import { rulesOf } from '../core/kinds/rules.ts';
import { mailHash, type RenderedMail, renderMail } from '../core/message.ts';
import { replyAddress } from '../core/reply-address.ts';
import type { LinkMaker } from '../core/tracked-links.ts';
import type { Workflow } from '../core/workflow.ts';
import type { Context } from './context.ts';
import type { Lead } from './gather-inputs.ts';

export type ApprovalSubject = {
  kind: Kind;
  workflow: Workflow;
  lead: Lead;
  unsubscribeUrl: string;
  clicks: LinkMaker | null;
  /** An address of this mail's own, where the workflow wants one. */
  replyTo: string | null;
};

type Place = { decisionId: string; kind: Kind; workflow: Workflow; lead: Lead; unsubscribeToken: string | null };

/** The same for one decision whenever it is asked: the addresses in its mail are part of what is approved. */
export function subjectOf(ctx: Context, { decisionId, unsubscribeToken, ...place }: Place): ApprovalSubject {
  const { publicUrl } = ctx.settings;
  const { linkKey } = ctx.secrets;
  const { sender } = place.workflow;
  return {
    ...place,
    unsubscribeUrl: `${publicUrl}/u/${unsubscribeToken ?? ''}`,
    replyTo: sender.reply_plus === true ? replyAddress(linkKey, decisionId, sender.reply_to ?? sender.email) : null,
    clicks: place.workflow.tracking?.clicks === true ? { publicUrl, key: linkKey, decisionId } : null,
  };
}

/** Everything the recipient would get if this draft were approved now. */
export function mailOf(subject: ApprovalSubject, draft: Pick<EmailDraft, 'subject' | 'body'>): RenderedMail {
  const { workflow, lead } = subject;
  if (lead.email === null) throw new Error(`lead ${lead.id} was erased`);
  return renderMail({
    to: lead.email,
    toName: [lead.firstName, lead.lastName].filter((name) => name !== null && name !== '').join(' '),
    sender: workflow.sender,
    workflow: workflow.name,
    subject: draft.subject,
    body: draft.body,
    why: workflow.why,
    allowedLinks: workflow.allowed_links,
    unsubscribeUrl: subject.unsubscribeUrl,
    clicks: subject.clicks,
    replyTo: subject.replyTo,
  });
}

/** What a verdict is bound to: the whole mail where approval sends one, the content itself elsewhere. */
export function approvalHash(subject: ApprovalSubject, content: unknown): string {
  if (!rulesOf(subject.kind).sendsMail) return contentHash(content);
  return mailHash(mailOf(subject, content as EmailDraft));
}

/** Where there is no proposal there is nothing to be bound to but its absence. */
export const NO_PROPOSAL_HASH = contentHash({ proposal: null });
