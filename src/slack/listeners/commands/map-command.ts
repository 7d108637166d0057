import { RespondError, type RespondFn } from '@slack/bolt';
import type { KnownBlock } from '@slack/types';
import type { ShownWorkflow } from '../../../engine/show-workflow.ts';
import { commands } from '../../action-ids.ts';
import { ephemeral } from '../../messages/ephemeral.ts';
import { mapMessage, mapWithoutPicture } from '../../messages/workflow-map.ts';
import { failureOf } from '../../slack-errors.ts';
import { brief } from '../../text.ts';
import { tryUntilShown, uploadMap } from '../draw-map.ts';
import type { Hearing } from '../hearing.ts';

type Answer = { text: string; blocks: KnownBlock[] };
export type MapOrder = { shown: ShownWorkflow; share: boolean };

/** `/workflow map NAME [share]`: what to draw, or what to say instead. */
export async function mapOrder({ verbs }: Hearing, words: readonly string[]): Promise<MapOrder | Answer> {
  const [name, share, ...more] = words;
  if (name === undefined || more.length > 0 || (share !== undefined && share.toLowerCase() !== 'share'))
    return ephemeral(
      `\`${commands.workflow} map NAME\`, or \`${commands.workflow} map NAME share\` to show it to everybody here.`,
    );
  const found = await verbs.showWorkflow(name);
  return found.ok ? { shown: found.shown, share: share !== undefined } : ephemeral(brief(found.text, 600));
}

/**
 * After the ack, because drawing and uploading take longer than Slack waits: the picture, or where it can't be shown what it
 * shows in words, and why. Never throws: whoever asked is answered either way.
 */
export async function answerWithMap(hearing: Hearing, { shown, share }: MapOrder, respond: RespondFn): Promise<void> {
  const visibility = share ? ({ response_type: 'in_channel' } as const) : ({ response_type: 'ephemeral' } as const);
  try {
    const { map, uploaded } = await uploadMap(hearing, shown);
    const message = uploaded.ok
      ? mapMessage(shown, { fileId: uploaded.fileId, altText: map.altText, shared: share })
      : null;
    const refused = (error: unknown): boolean => error instanceof RespondError;
    // Slack takes five responses of one command: four tries, and the words.
    if (message !== null && (await tryUntilShown(() => respond({ ...visibility, ...message }), refused))) return;
    const detail = uploaded.ok ? 'Slack did not take the picture' : uploaded.detail;
    await respond({ ...visibility, ...mapWithoutPicture(shown, map.altText, detail) });
  } catch (error) {
    hearing.log.error({ err: error, detail: failureOf(error).detail }, 'a map could not be shown');
    await respond({
      response_type: 'ephemeral',
      ...ephemeral('The map could not be drawn: something went wrong on our side. The log says what.'),
    }).catch((failed: unknown) => hearing.log.warn({ err: failed }, 'could not say that a map could not be drawn'));
  }
}
