import type { BlockButtonAction } from '@slack/bolt';
import { ephemeral } from '../../messages/ephemeral.ts';
import { brief } from '../../text.ts';
import { refusalView } from '../../views/refusal-view.ts';
import { workflowView } from '../../views/workflow-view.ts';
import type { Hearing } from '../hearing.ts';
import { openModal } from '../tell.ts';

type Args = { ack: () => Promise<void>; body: BlockButtonAction; action: { value?: string } };

/** Somebody wants to see the steps of a workflow from the Home tab. */
export const showWorkflow =
  (hearing: Hearing) =>
  async ({ ack, body, action }: Args): Promise<void> => {
    await ack();
    const found = await hearing.verbs.showWorkflow(action.value ?? '');
    const view = found.ok ? workflowView(found.shown) : refusalView(ephemeral(brief(found.text, 600)).blocks);
    await openModal(hearing, body, view, ephemeral('The window could not be opened in time: please press again.'));
  };
