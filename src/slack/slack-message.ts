import type { KnownBlock } from '@slack/types';
import { contentHash } from '../core/canonical-json.ts';
import type { SlackMessage } from '../engine/context.ts';
import { budgets } from './limits.ts';
import { count, cutEscaped } from './text.ts';

/**
 * A message with its hash. Slack reads the top-level text as mrkdwn (notifications, screen readers), so what others wrote is
 * escaped and cut here.
 *
 * @param opening mrkdwn that is already safe; may name people
 * @param rest literal text
 */
export function slackMessage(opening: string, rest: string, blocks: KnownBlock[]): SlackMessage {
  const cut = cutEscaped(rest, Math.max(0, budgets.fallbackText - opening.length));
  const more = cut.hidden > 0 ? `… (${count(cut.hidden)} more characters in the message)` : '';
  const message = { text: [opening, cut.text + more].filter((part) => part !== '').join('\n\n'), blocks };
  return { ...message, hash: contentHash(message) };
}
