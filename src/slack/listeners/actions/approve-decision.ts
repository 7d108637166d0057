import type { BlockButtonAction } from '@slack/bolt';
import { decodeRef, seenHash } from '../../decision-ref.ts';
import { refusalMessage } from '../../messages/refusal.ts';
import { afterVerdict } from '../after-verdict.ts';
import { commitThenAck } from '../commit-then-ack.ts';
import { showOnCard } from '../follow-up.ts';
import type { Hearing } from '../hearing.ts';
import { tell } from '../tell.ts';

type Args = { ack: () => Promise<void>; body: BlockButtonAction; action: { value?: string } };

export const approveDecision =
  (hearing: Hearing) =>
  async ({ ack, body, action }: Args): Promise<void> => {
    const ref = decodeRef(action.value);
    const result = await commitThenAck(hearing, () => approve(hearing, ref, body.user.id, 'button'), ack);
    await showOnCard(hearing, ref.decisionId);
    await afterVerdict(hearing, result, body.user.id);
    if (!result.ok) await tell(hearing, body, refusalMessage(result, hearing.clock.now()));
  };

/** Approves what this person saw, through the one door; another version or another text is refused there. */
export async function approve(
  hearing: Pick<Hearing, 'verbs'>,
  ref: ReturnType<typeof decodeRef>,
  userId: string,
  via: 'button' | 'modal',
) {
  const facts = await hearing.verbs.cardFacts(ref.decisionId);
  const hash = facts === null ? ref.hashPrefix : seenHash(facts, ref);
  return hearing.verbs.settleDecision({
    decisionId: ref.decisionId,
    actor: { type: 'person', id: userId },
    via,
    request: { verdict: 'approve', version: ref.version, hash },
  });
}
