import type { KnownBlock } from '@slack/types';
import type { SettleResult } from '../../engine/settlement.ts';
import { revealMessage } from '../messages/check-reveal.ts';
import { ephemeral } from '../messages/ephemeral.ts';
import { PAUSE_TEXT } from '../messages/my-numbers.ts';
import { failureOf } from '../slack-errors.ts';
import type { Hearing } from './hearing.ts';

/**
 * After the ack, for whoever gave the verdict alone: that it was a check and what was wrong, or, after very many cards, that a
 * pause may do good. What can't be told is logged: the card says as much, and the numbers are a command away.
 */
export async function afterVerdict(hearing: Hearing, result: SettleResult, userId: string): Promise<void> {
  if (!result.ok) return;
  try {
    if (result.check?.channel) await whisper(hearing, result.check.channel, userId, revealMessage(result.check));
    const pause = await hearing.verbs.pauseSuggestion({ decisionId: result.decisionId, userId });
    if (pause !== null) await whisper(hearing, pause.channel, userId, ephemeral(PAUSE_TEXT));
  } catch (error) {
    hearing.log.warn(
      { user: userId, detail: failureOf(error).detail },
      'could not tell somebody more of their verdict',
    );
  }
}

async function whisper(
  { interactive }: Hearing,
  channel: string,
  user: string,
  { text, blocks }: { text: string; blocks: KnownBlock[] },
): Promise<void> {
  await interactive.chat.postEphemeral({ channel, user, text, blocks });
}
