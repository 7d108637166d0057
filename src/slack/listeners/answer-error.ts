import type { WebClient } from '@slack/web-api';
import type { Log } from '../../engine/context.ts';
import { Stopping } from '../drain.ts';
import { ephemeral } from '../messages/ephemeral.ts';

/**
 * The edge: logs once what a listener threw, tells the person where a message can be addressed to them, and throws on, so
 * that the receiver answers Slack with a failure at once where nothing was acked.
 */
export async function answerError(
  deps: { interactive: WebClient; log: Log },
  error: Error & { original?: unknown },
  body: unknown,
): Promise<never> {
  const cause = error.original instanceof Error ? error.original : error;
  if (cause instanceof Stopping) throw error;
  deps.log.error({ err: cause }, 'an interaction from Slack failed');
  const place = whereFrom(body);
  if (place !== null) {
    const text =
      'Something went wrong on our side. What stands is what the card shows; if it still has its buttons, please press again.';
    await deps.interactive.chat
      .postEphemeral({ ...place, ...ephemeral(text) })
      .catch((failed: unknown) => deps.log.warn({ err: failed }, 'could not tell somebody that their click failed'));
  }
  throw error;
}

function whereFrom(body: unknown): { channel: string; user: string } | null {
  const { channel, user } = body as { channel?: { id?: unknown }; user?: { id?: unknown } };
  return typeof channel?.id === 'string' && typeof user?.id === 'string'
    ? { channel: channel.id, user: user.id }
    : null;
}
