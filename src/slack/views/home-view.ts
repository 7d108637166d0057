import type { HomeView, KnownBlock } from '@slack/types';
import type { StatusFacts } from '../../engine/status.ts';
import { helpBlocks } from '../messages/help-message.ts';
import { statusBlocks } from '../messages/status-message.ts';

/** The app's Home tab: how things stand, then what this is. */
export function homeView(facts: StatusFacts): HomeView {
  const blocks: KnownBlock[] = [
    title('How things stand'),
    ...statusBlocks(facts),
    { type: 'divider' },
    title('What this app does'),
    ...helpBlocks(),
  ];
  return { type: 'home', blocks };
}

function title(text: string): KnownBlock {
  return { type: 'header', text: { type: 'plain_text', text, emoji: false } };
}
