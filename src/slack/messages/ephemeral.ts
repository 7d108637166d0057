import type { KnownBlock } from '@slack/types';
import { limits } from '../limits.ts';

/** One paragraph of mrkdwn that is safe already, as text and block. */
export function ephemeral(mrkdwn: string, ...more: KnownBlock[]): { text: string; blocks: KnownBlock[] } {
  const text = mrkdwn.slice(0, limits.sectionText);
  return { text, blocks: [{ type: 'section', text: { type: 'mrkdwn', text } }, ...more] };
}
