import type { SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt';
import { decodeRef } from '../../decision-ref.ts';
import { refusalMessage } from '../../messages/refusal.ts';
import { refusalView } from '../../views/refusal-view.ts';
import { approve } from '../actions/approve-decision.ts';
import { afterVerdict } from '../after-verdict.ts';
import { commitThenAck } from '../commit-then-ack.ts';
import { showOnCard } from '../follow-up.ts';
import type { Hearing } from '../hearing.ts';

type Args = SlackViewMiddlewareArgs<ViewSubmitAction>;

/** Approve, after the whole text was read in the modal. */
export const submitFullText =
  (hearing: Hearing) =>
  async ({ ack, body, view }: Args): Promise<void> => {
    const ref = decodeRef(view.private_metadata);
    const result = await commitThenAck(
      hearing,
      () => approve(hearing, ref, body.user.id, 'modal'),
      (settled) =>
        settled.ok
          ? ack({ response_action: 'clear' })
          : ack({ response_action: 'update', view: refusalView(refusalMessage(settled, hearing.clock.now()).blocks) }),
    );
    await showOnCard(hearing, ref.decisionId);
    await afterVerdict(hearing, result, body.user.id);
  };
