import type { SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt';
import { inputs } from '../../action-ids.ts';
import { decodeFactsRef } from '../../decision-ref.ts';
import { ephemeral } from '../../messages/ephemeral.ts';
import { escapeMrkdwn } from '../../text.ts';
import { readFacts } from '../../views/fill-facts-view.ts';
import { refusalView } from '../../views/refusal-view.ts';
import { commitThenAck } from '../commit-then-ack.ts';
import type { Hearing } from '../hearing.ts';

type Args = SlackViewMiddlewareArgs<ViewSubmitAction>;

/** What somebody filled in about a lead. */
export const submitFacts =
  (hearing: Hearing) =>
  async ({ ack, body, view }: Args): Promise<void> => {
    const { fields, ...place } = decodeFactsRef(view.private_metadata);
    const values = readFacts(view.state.values, fields);
    if (Object.values(values).every((value) => value.trim() === ''))
      return ack({ response_action: 'errors', errors: { [`${inputs.fact}0`]: 'Fill in at least one of these.' } });
    await commitThenAck(
      hearing,
      () => hearing.verbs.fillFacts({ ...place, values, userId: body.user.id }),
      (filled) => {
        if (filled.ok) return ack({ response_action: 'clear' });
        const wrong = fields.flatMap((field, i): Array<[string, string]> => {
          const problem = filled.fields[field];
          return problem === undefined ? [] : [[`${inputs.fact}${i}`, problem]];
        });
        return wrong.length > 0
          ? ack({ response_action: 'errors', errors: Object.fromEntries(wrong) })
          : ack({ response_action: 'update', view: refusalView(ephemeral(escapeMrkdwn(filled.text)).blocks) });
      },
    );
    await hearing.verbs
      .syncCards()
      .catch((error: unknown) => hearing.log.warn({ err: error }, 'the sweep failed; the next one repairs it'));
  };
