import type { SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt';
import { decodeRef, seenHash } from '../../decision-ref.ts';
import { refusalMessage } from '../../messages/refusal.ts';
import { refusalView } from '../../views/refusal-view.ts';
import { readRejection } from '../../views/reject-decision-view.ts';
import { afterVerdict } from '../after-verdict.ts';
import { commitThenAck } from '../commit-then-ack.ts';
import { showOnCard } from '../follow-up.ts';
import type { Hearing } from '../hearing.ts';

type Args = SlackViewMiddlewareArgs<ViewSubmitAction>;

export const submitRejection =
  (hearing: Hearing) =>
  async ({ ack, body, view }: Args): Promise<void> => {
    const ref = decodeRef(view.private_metadata);
    const entered = readRejection(view.state.values);
    if (!entered.ok) return ack({ response_action: 'errors', errors: entered.errors });
    const result = await commitThenAck(
      hearing,
      async () => {
        const facts = await hearing.verbs.cardFacts(ref.decisionId);
        return hearing.verbs.settleDecision({
          decisionId: ref.decisionId,
          actor: { type: 'person', id: body.user.id },
          via: 'modal',
          request: {
            verdict: 'reject',
            version: ref.version,
            hash: facts === null ? ref.hashPrefix : seenHash(facts, ref),
            reasons: entered.reasons,
            note: entered.note,
            critical: entered.critical,
          },
        });
      },
      (settled) =>
        settled.ok
          ? ack({ response_action: 'clear' })
          : ack({
              response_action: 'update',
              view: refusalView(refusalMessage(settled, hearing.clock.now()).blocks, entered.note),
            }),
    );
    await showOnCard(hearing, ref.decisionId);
    await afterVerdict(hearing, result, body.user.id);
  };
