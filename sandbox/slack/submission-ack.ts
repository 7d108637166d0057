import { isRecord } from './json.ts';
import { clearStack, closeTop, inputsOf, pushModal, refuseView, replaceView } from './view-store.ts';
import type { Delivery, SubmitResult } from './workspace.ts';
import { type StackedView, warn, type World } from './world.ts';

/** What the ack of a submission does to the stack: https://docs.slack.dev/surfaces/modals#response_actions */

const TROUBLE = 'We had some trouble connecting. Try again?';

function troubled(world: World, user: string, delivery: Delivery, error: string): SubmitResult {
  warn(world, user, TROUBLE);
  return Object.assign(delivery, { error });
}

/** Errors for fields that the view has, or null when one names a field that it does not have. */
function fieldErrors(stacked: StackedView, errors: unknown): Record<string, string> | null {
  if (!isRecord(errors) || Object.keys(errors).length === 0) return null;
  const blockIds = new Set(inputsOf(stacked).map(({ blockId }) => blockId));
  const entries = Object.entries(errors);
  const fits = entries.every(([blockId, text]) => blockIds.has(blockId) && typeof text === 'string' && text !== '');
  return fits ? Object.fromEntries(entries.map(([blockId, text]) => [blockId, String(text)])) : null;
}

function showNext(world: World, stacked: StackedView, delivery: Delivery, action: 'update' | 'push', raw: unknown) {
  if (!isRecord(raw)) return troubled(world, stacked.user, delivery, `response_action ${action} without a view`);
  const same = raw.external_id !== undefined && raw.external_id === stacked.view.external_id;
  const refusal = refuseView(world, same ? { ...raw, external_id: '' } : raw, 'modal');
  if (refusal !== null)
    return troubled(
      world,
      stacked.user,
      delivery,
      `${refusal.error}: ${JSON.stringify(refusal.response_metadata ?? {})}`,
    );
  if (action === 'update') {
    replaceView(world, stacked, raw);
    return delivery;
  }
  const pushed = pushModal(world, { user: stacked.user, channel: stacked.from }, raw);
  return 'refusal' in pushed ? troubled(world, stacked.user, delivery, pushed.refusal.error) : delivery;
}

export function applySubmissionAck(world: World, stacked: StackedView, delivery: Delivery): SubmitResult {
  const { user } = stacked;
  if (!delivery.acked) return troubled(world, user, delivery, delivery.error ?? 'no answer');
  const { body } = delivery;
  const close = (): SubmitResult => {
    closeTop(world, user);
    return delivery;
  };
  if (body === null) return close();
  if (!isRecord(body)) return troubled(world, user, delivery, 'the ack of a view_submission must be empty or JSON');
  switch (body.response_action) {
    case undefined:
      if (Object.keys(body).length === 0) return close();
      return troubled(world, user, delivery, 'the ack of a view_submission has no response_action');
    case 'clear':
      clearStack(world, user);
      return delivery;
    case 'errors': {
      const errors = fieldErrors(stacked, body.errors);
      if (errors === null) return troubled(world, user, delivery, 'errors must name input blocks of the view');
      return Object.assign(delivery, { errors });
    }
    case 'update':
    case 'push':
      return showNext(world, stacked, delivery, body.response_action, body.view);
    default:
      return troubled(world, user, delivery, `unknown response_action ${String(body.response_action)}`);
  }
}
