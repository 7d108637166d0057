import type { KnownBlock } from '@slack/types';
import { controlVerbs, isControlVerb, parseControl } from '../../../core/autonomy-order.ts';
import { didYouMean } from '../../../core/did-you-mean.ts';
import { autonomyHelp, autonomyMessage, controlMessage, wrongOrder } from '../../messages/autonomy-message.ts';
import { escapeMrkdwn, label } from '../../text.ts';
import type { Hearing } from '../hearing.ts';

type Answer = { text: string; blocks: KnownBlock[] };

/** What follows `/workflow autonomy`: nothing or a workflow shows how things stand, a verb steers one step. */
export async function autonomyCommand(
  { verbs }: Pick<Hearing, 'verbs'>,
  [typed = '', ...rest]: readonly string[],
  userId: string,
): Promise<Answer> {
  const word = typed.toLowerCase();
  if (word === 'help') return autonomyHelp();
  if (!isControlVerb(word)) return show(verbs, typed);
  const parsed = parseControl(word, rest);
  if (!parsed.ok) return wrongOrder(parsed.text, parsed.usage);
  return controlMessage(await verbs.controlAutonomy({ order: parsed.order, actor: { type: 'person', id: userId } }));
}

async function show(verbs: Hearing['verbs'], typed: string): Promise<Answer> {
  const status = await verbs.autonomyStatus(typed === '' ? null : typed);
  if (status.ok) return autonomyMessage(status.facts);
  const meant = didYouMean(typed, controlVerbs);
  return autonomyHelp(
    meant === null
      ? escapeMrkdwn(label(status.text, 400))
      : `There is no \`${escapeMrkdwn(label(typed.replaceAll('`', "'"), 60))}\`. Did you mean \`/workflow autonomy ${meant}\`?`,
  );
}
