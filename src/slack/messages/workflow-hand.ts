import type { KnownBlock } from '@slack/types';
import type { EnrolledByHand } from '../../engine/enroll-by-hand.ts';
import type { RemovedByHand } from '../../engine/remove-by-hand.ts';
import { brief, plural } from '../text.ts';
import { ephemeral } from './ephemeral.ts';

type Message = { text: string; blocks: KnownBlock[] };

export function enrolledMessage(result: EnrolledByHand, again: string): Message {
  if (!result.ok)
    return ephemeral(
      `${brief(result.text, 600)}${result.again ? ` To enroll it all the same: \`${brief(again, 300)}\`` : ''}`,
    );
  const { email, workflow, step, arm, paused } = result;
  const place =
    arm === 'holdout'
      ? 'It was drawn into the holdout: nothing is done, for comparison.'
      : arm === 'baseline'
        ? `It was drawn into the baseline, without AI, and begins at \`${brief(step, 60)}\`.`
        : `It begins at \`${brief(step, 60)}\`.`;
  const later = paused ? ' The workflow is paused: nothing happens until it is resumed.' : '';
  return ephemeral(`Enrolled \`${brief(email, 200)}\` in *${brief(workflow, 80)}*. ${place}${later}`);
}

export function removedMessage(result: RemovedByHand): Message {
  if (!result.ok) return ephemeral(brief(result.text, 600));
  const { email, workflow, step, withdrawn, cancelled, onTheirWay } = result;
  return ephemeral(
    [
      `Removed \`${brief(email, 200)}\` from *${brief(workflow, 80)}*; it was at \`${brief(step, 60)}\`.`,
      ...(withdrawn ? ['Its card was withdrawn.'] : []),
      ...(cancelled > 0 ? [`${plural(cancelled, 'approved mail')} will not be sent.`] : []),
      ...(onTheirWay > 0
        ? [`${plural(onTheirWay, 'mail')} cannot be called back: the mail server has it in hand.`]
        : []),
    ].join(' '),
  );
}
