import type { Hearing } from './hearing.ts';

/** After the ack: the card follows the row at once. Where it can't, the sweep does it within a minute, so this never throws. */
export async function showOnCard(hearing: Pick<Hearing, 'verbs' | 'log'>, decisionId: string): Promise<void> {
  try {
    await hearing.verbs.syncCard(decisionId);
  } catch (error) {
    hearing.log.warn(
      { decision: decisionId, err: error },
      'a card could not be brought up to date; the sweep will do it',
    );
  }
}
