import type { KnownBlock } from '@slack/types';
import { commands } from '../../action-ids.ts';
import { ephemeral } from '../../messages/ephemeral.ts';
import { whyLeadMessage } from '../../messages/why-lead.ts';
import { enrolledMessage, removedMessage } from '../../messages/workflow-hand.ts';
import { workflowLeadsMessage } from '../../messages/workflow-leads.ts';
import { brief } from '../../text.ts';
import type { Hearing } from '../hearing.ts';

type Answer = { text: string; blocks: KnownBlock[] };

const usage = (words: string): Answer => ephemeral(`\`${commands.workflow} ${words}\``);
const NO_READING = 'Who is in which workflow is shown to full members of this workspace only.';

/** A page is a number; a step or an address never is. */
function isPage(word: string | undefined): word is string {
  return word !== undefined && /^\d{1,4}$/.test(word);
}

/** `/workflow leads NAME [STEP] [PAGE]` */
export async function leadsCommand(
  { verbs, clock }: Hearing,
  words: readonly string[],
  userId: string,
): Promise<Answer> {
  const [name, ...rest] = words;
  if (name === undefined || rest.length > 2) return usage('leads NAME [STEP] [PAGE]');
  if (!(await verbs.mayRead(userId))) return ephemeral(NO_READING);
  const page = rest.find(isPage);
  const step = rest.find((word) => !isPage(word)) ?? null;
  const found = await verbs.workflowLeads({ name, step, page: page === undefined ? 1 : Number(page) });
  return found.ok ? workflowLeadsMessage(found.facts, clock.now()) : ephemeral(brief(found.text, 600));
}

/** `/workflow why EMAIL [PAGE]` */
export async function whyCommand({ verbs }: Hearing, words: readonly string[], userId: string): Promise<Answer> {
  const [email, page, ...more] = words;
  if (email === undefined || more.length > 0 || (page !== undefined && !isPage(page))) return usage('why EMAIL [PAGE]');
  if (!(await verbs.mayRead(userId))) return ephemeral(NO_READING);
  const found = await verbs.whyLead(email);
  return found.ok
    ? whyLeadMessage(found.story, page === undefined ? 1 : Number(page))
    : ephemeral(brief(found.text, 600));
}

/** `/workflow enroll NAME EMAIL [again]` */
export async function enrollCommand(hearing: Hearing, words: readonly string[], userId: string): Promise<Answer> {
  const [name, email, again, ...more] = words;
  if (
    name === undefined ||
    email === undefined ||
    more.length > 0 ||
    (again !== undefined && again.toLowerCase() !== 'again')
  )
    return usage('enroll NAME EMAIL [again]');
  if (!(await mayChange(hearing, 'enroll', userId))) return refusal('enroll leads');
  const result = await hearing.verbs.enrollByHand({
    name,
    email,
    again: again !== undefined,
    actor: { type: 'person', id: userId },
  });
  return enrolledMessage(result, `${commands.workflow} enroll ${name} ${email} again`);
}

/** `/workflow remove NAME EMAIL [REASON]` */
export async function removeCommand(hearing: Hearing, words: readonly string[], userId: string): Promise<Answer> {
  const [name, email, ...reason] = words;
  if (name === undefined || email === undefined) return usage('remove NAME EMAIL [REASON]');
  if (!(await mayChange(hearing, 'remove', userId))) return refusal('remove leads');
  return removedMessage(
    await hearing.verbs.removeByHand({ name, email, reason: reason.join(' '), actor: { type: 'person', id: userId } }),
  );
}

async function mayChange({ verbs, log }: Hearing, verb: string, userId: string): Promise<boolean> {
  const may = await verbs.mayOperate(userId);
  if (!may) log.info({ user: userId, verb }, 'enroll or remove refused');
  return may;
}

function refusal(what: string): Answer {
  return ephemeral(`Only approvers of a workflow and workspace admins may ${what}. Nothing was changed.`);
}
