import type { BlockButtonAction } from '@slack/bolt';
import type { KnownBlock } from '@slack/types';
import type { ShownWorkflow } from '../../../engine/show-workflow.ts';
import { ephemeral } from '../../messages/ephemeral.ts';
import { mapMessage, mapWithoutPicture } from '../../messages/workflow-map.ts';
import { failureOf, slackCode } from '../../slack-errors.ts';
import { brief } from '../../text.ts';
import { drawingView, mapView } from '../../views/workflow-view.ts';
import { tryUntilShown, uploadMap } from '../draw-map.ts';
import type { Hearing } from '../hearing.ts';

type Args = { ack: () => Promise<void>; body: BlockButtonAction; action: { value?: string } };

/** Somebody wants to see the map of a workflow from the Home tab: the window opens at once, the picture comes when it is drawn. */
export const mapWorkflow =
  (hearing: Hearing) =>
  async ({ ack, body, action }: Args): Promise<void> => {
    await ack();
    const name = action.value ?? '';
    try {
      const opened = await hearing.interactive.views.open({ trigger_id: body.trigger_id, view: drawingView(name) });
      const viewId = opened.view?.id;
      if (viewId === undefined) return;
      const show = (blocks: KnownBlock[]) =>
        hearing.interactive.views.update({ view_id: viewId, view: mapView(blocks) });
      const found = await hearing.verbs.showWorkflow(name);
      if (!found.ok) await show(ephemeral(brief(found.text, 600)).blocks);
      else await showMap(hearing, found.shown, show);
    } catch (error) {
      hearing.log.warn({ user: body.user.id, detail: failureOf(error).detail }, 'could not show somebody a map');
    }
  };

async function showMap(
  hearing: Hearing,
  shown: ShownWorkflow,
  show: (blocks: KnownBlock[]) => Promise<unknown>,
): Promise<void> {
  const { map, uploaded } = await uploadMap(hearing, shown);
  const picture = uploaded.ok
    ? mapMessage(shown, { fileId: uploaded.fileId, altText: map.altText, shared: true }).blocks
    : null;
  const refused = (error: unknown): boolean => slackCode(error) !== null;
  if (picture !== null && (await tryUntilShown(() => show(picture), refused))) return;
  const detail = uploaded.ok ? 'Slack did not take the picture' : uploaded.detail;
  await show(mapWithoutPicture(shown, map.altText, detail).blocks);
}
