import type { HomeView, KnownBlock } from '@slack/types';
import type { StatusFacts } from '../../engine/status.ts';
import { actions } from '../action-ids.ts';
import { button, buttonRow } from '../buttons.ts';
import { helpBlocks } from '../messages/help-message.ts';
import { MOST_WORKFLOWS, statusBlocks } from '../messages/status-message.ts';
import { label } from '../text.ts';

/** The app's Home tab: how things stand, then what this is. */
export function homeView(facts: StatusFacts): HomeView {
  const blocks: KnownBlock[] = [
    title('How things stand'),
    ...statusBlocks(facts),
    ...facts.workflows.slice(0, MOST_WORKFLOWS).flatMap(({ name }) => looks(name)),
    { type: 'divider' },
    title('What this app does'),
    ...helpBlocks(),
  ];
  return { type: 'home', blocks };
}

/** The same that `/workflow show` and `/workflow map` answer with. */
function looks(name: string): KnownBlock[] {
  const shown = label(name, 50);
  return buttonRow([
    button({ action: actions.workflowSteps, text: `Steps of ${shown}`, value: name, says: `Steps of ${shown}` }),
    button({ action: actions.workflowMap, text: `Map of ${shown}`, value: name, says: `Map of ${shown}` }),
  ]);
}

function title(text: string): KnownBlock {
  return { type: 'header', text: { type: 'plain_text', text, emoji: false } };
}
