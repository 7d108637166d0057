import { setTimeout as wait } from 'node:timers/promises';
import type { ShownWorkflow } from '../../engine/show-workflow.ts';
import { uploadPicture, type Uploaded } from '../upload-picture.ts';
import type { Hearing } from './hearing.ts';

/** Draws the map of a workflow and brings it to Slack. Takes a second or two: never before an ack. */
export async function uploadMap(
  { verbs, interactive, log }: Pick<Hearing, 'verbs' | 'interactive' | 'log'>,
  shown: ShownWorkflow,
): Promise<{ map: { png: Buffer; altText: string }; uploaded: Uploaded }> {
  const map = await verbs.drawMap(shown);
  const uploaded = await uploadPicture(interactive, {
    bytes: map.png,
    fileName: `${shown.workflow.name}.png`,
    title: `Map of ${shown.workflow.name}`,
    altText: map.altText,
  });
  if (!uploaded.ok) log.warn({ detail: uploaded.detail }, 'a map could not be uploaded');
  return { map, uploaded };
}

/** Slack looks at a picture for a moment before it shows it in blocks, and refuses it until then. Milliseconds. */
const LOOKS = [0, 1_000, 2_000, 4_000];

/** Tries again what Slack refused; anything else may have been shown all the same, is not said twice, and is thrown. */
export async function tryUntilShown(
  show: () => Promise<unknown>,
  refused: (error: unknown) => boolean,
): Promise<boolean> {
  for (const pause of LOOKS) {
    if (pause > 0) await wait(pause);
    try {
      await show();
      return true;
    } catch (error) {
      if (!refused(error)) throw error;
    }
  }
  return false;
}
