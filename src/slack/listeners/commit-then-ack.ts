import type { Hearing } from './hearing.ts';

/** Slack waits 3 s. After this much an ack would come too late, or be a lie: the person has been told that it failed. */
const ACK_BUDGET_MS = 2_500;

/**
 * First the commit, then the ack: Slack never delivers an acked click again, so an ack before the commit could lose it in a
 * crash. Where the commit takes too long nothing is acked: the person hears that it failed, and what was committed shows on
 * the card. Answers with what was committed either way.
 */
export async function commitThenAck<T>(
  hearing: Pick<Hearing, 'machine' | 'log'>,
  commit: () => Promise<T>,
  ack: (result: T) => Promise<void>,
): Promise<T> {
  const began = hearing.machine.now().getTime();
  const result = await commit();
  const tookMs = hearing.machine.now().getTime() - began;
  if (tookMs > ACK_BUDGET_MS) {
    hearing.log.warn({ tookMs }, 'committed too late to be acknowledged');
    return result;
  }
  try {
    await ack(result);
  } catch (error) {
    // The connection is gone or was answered in the meantime; what was committed stands, and must still reach the card.
    hearing.log.warn({ tookMs, err: error }, 'could not acknowledge what was committed');
  }
  return result;
}
