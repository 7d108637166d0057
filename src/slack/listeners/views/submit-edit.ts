import type { SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt';
import type { EditChange } from '../../../core/kinds/kind-rules.ts';
import { rulesOf } from '../../../core/kinds/rules.ts';
import type { CardFacts } from '../../../engine/card-facts.ts';
import type { SettleResult } from '../../../engine/settlement.ts';
import { decodeRef, type DecisionRef, seenHash } from '../../decision-ref.ts';
import { ephemeral } from '../../messages/ephemeral.ts';
import { type Refusal, refusalMessage } from '../../messages/refusal.ts';
import { type EditForm } from '../../views/edit-form.ts';
import { editForms } from '../../views/edit-forms.ts';
import { originalAnswer, originalError } from '../../views/original-question.ts';
import { refusalView } from '../../views/refusal-view.ts';
import { label } from '../../text.ts';
import { afterVerdict } from '../after-verdict.ts';
import { commitThenAck } from '../commit-then-ack.ts';
import { showOnCard } from '../follow-up.ts';
import type { Hearing } from '../hearing.ts';

type Args = SlackViewMiddlewareArgs<ViewSubmitAction>;
const ERROR_LENGTH = 300;

/** Submit of the edit modal: edit and approve in one. What can't be saved leaves the text in the person's hands. */
export const submitEdit =
  (hearing: Hearing) =>
  async ({ ack, body, view }: Args): Promise<void> => {
    const ref = decodeRef(view.private_metadata);
    const { values } = view.state;
    const facts = await hearing.verbs.cardFacts(ref.decisionId);
    if (facts === null)
      return ack({
        response_action: 'update',
        view: refusalView(ephemeral('This decision does not exist any more.').blocks),
      });
    const form = editForms[facts.kind];
    const entered = form.read(values, ref.seams, facts);
    // Wrong input on something already decided would be a dead end: then the settlement is what has to be said.
    if (!entered.ok && facts.status === 'pending') return ack({ response_action: 'errors', errors: entered.errors });
    const content = entered.ok ? entered.content : null;
    const originalOk = originalAnswer(values);
    const unanswered = isAsked(facts, ref) ? originalError(facts.kind, changeOf(facts, content), originalOk) : null;
    if (unanswered !== null) return ack({ response_action: 'errors', errors: unanswered });
    const result = await commitThenAck(
      hearing,
      () => settleEdit(hearing, facts, ref, { content, originalOk }, body.user.id),
      async (settled) => {
        if (settled.ok) return ack({ response_action: 'clear' });
        const errors = fieldErrors(form, settled);
        if (errors !== null) return ack({ response_action: 'errors', errors });
        return ack({
          response_action: 'update',
          view: refusalView(refusalMessage(settled, hearing.clock.now()).blocks, form.written(values, ref.seams)),
        });
      },
    );
    if (result.ok || result.refusal.code !== 'blocked') await showOnCard(hearing, ref.decisionId);
    await afterVerdict(hearing, result, body.user.id);
  };

/** Only of what this person saw, and while it can still be decided: else there is more to say than a question. */
function isAsked(facts: CardFacts, ref: DecisionRef): boolean {
  return facts.status === 'pending' && facts.content !== null && facts.proposalVersion === ref.version;
}

function changeOf({ kind, content: before }: CardFacts, after: unknown): EditChange {
  return rulesOf(kind).change(before, after);
}

function settleEdit(
  hearing: Hearing,
  facts: CardFacts,
  ref: DecisionRef,
  { content, originalOk }: { content: unknown; originalOk: boolean | null },
  userId: string,
): Promise<SettleResult> {
  return hearing.verbs.settleDecision({
    decisionId: ref.decisionId,
    actor: { type: 'person', id: userId },
    via: 'modal',
    request: { verdict: 'edit', version: ref.version, hash: seenHash(facts, ref), content, originalOk },
  });
}

/** Findings that block, each at the input it is about; null for other refusals, which no input can mend. */
function fieldErrors(form: EditForm, { refusal }: Refusal): Record<string, string> | null {
  if (refusal.code !== 'blocked') return null;
  const errors: Record<string, string> = {};
  for (const { field, text } of refusal.findings) {
    const block = form.blockOf(field);
    errors[block] = label([errors[block], text].filter(Boolean).join(' '), ERROR_LENGTH);
  }
  return Object.keys(errors).length === 0 ? null : errors;
}
