import { expect, test } from 'vitest';
import manifest from '../../manifest.json' with { type: 'json' };
import { actions, commands, events, INPUT_ELEMENT, views } from '../../src/slack/action-ids.ts';
import { renderCard } from '../../src/slack/cards/card.ts';
import { requiredScopes } from '../../src/slack/identity.ts';
import type { Hearing } from '../../src/slack/listeners/hearing.ts';
import { registerListeners } from '../../src/slack/listeners/register.ts';
import { renderDigest } from '../../src/slack/messages/digest-message.ts';
import { renderNotice } from '../../src/slack/messages/notice-message.ts';
import { openAgain } from '../../src/slack/messages/refusal.ts';
import { editDecisionView } from '../../src/slack/views/edit-decision-view.ts';
import { fillFactsView } from '../../src/slack/views/fill-facts-view.ts';
import { fullTextView } from '../../src/slack/views/full-text-view.ts';
import { homeView } from '../../src/slack/views/home-view.ts';
import { rejectDecisionView } from '../../src/slack/views/reject-decision-view.ts';
import { whyView } from '../../src/slack/views/why-view.ts';
import {
  actionIds,
  autonomyNoticeFacts,
  body,
  decisionId,
  digestFacts,
  emailFacts,
  factsMissing,
  importOdd,
  loweredEffect,
  mailOf,
  messageId,
  nodes,
  noon,
  openTask,
  raisedEffect,
  scoreFacts,
  settledBy,
  statusFacts,
} from './facts.ts';

/** What the program listens to, as it registers it. */
function heard(): Record<'action' | 'view' | 'command' | 'event', string[]> {
  const names: Record<'action' | 'view' | 'command' | 'event', string[]> = {
    action: [],
    view: [],
    command: [],
    event: [],
  };
  const record = (kind: keyof typeof names) => (name: unknown) => void names[kind].push(String(name));
  const app = { action: record('action'), view: record('view'), command: record('command'), event: record('event') };
  registerListeners(app, {} as Hearing);
  return names;
}

const facts = [
  emailFacts(),
  scoreFacts(),
  emailFacts({ content: null }),
  emailFacts({ content: { subject: 's', body: `${body}${'x'.repeat(9_000)}`, subjectVariants: ['t'] } }),
  emailFacts({ status: 'approved', settled: settledBy('U0ANA'), message: mailOf() }),
];
const rendered: unknown[] = [
  ...facts.map((one) => renderCard(one).blocks),
  ...facts.flatMap((one) => [editDecisionView, rejectDecisionView, whyView, fullTextView].map((view) => view(one))),
  openAgain(actions.edit, 'v').blocks,
  renderDigest(digestFacts).blocks,
  renderNotice({
    type: 'mail_uncertain',
    messageId,
    decisionId,
    workflow: 'w',
    leadName: 'l',
    since: noon,
    status: 'uncertain',
    settledBy: null,
  }).blocks,
  renderNotice(factsMissing).blocks,
  renderNotice(importOdd).blocks,
  renderNotice(openTask).blocks,
  renderNotice({
    type: 'lead_replied',
    leadName: 'Lee Young',
    leadEmail: null,
    workflow: 'w',
    subject: null,
    text: 'No.',
    note: 'complete',
    fromAnother: null,
    optedOut: false,
    looksLikeInstruction: false,
    stopped: [],
    blame: { outcomeId: messageId, by: null },
    at: noon,
  }).blocks,
  fillFactsView(factsMissing),
  renderNotice({ type: 'post_maybe_missing', postId: messageId, about: 'l', open: true }).blocks,
  renderNotice(autonomyNoticeFacts()).blocks,
  renderNotice(autonomyNoticeFacts({ ...raisedEffect, type: 'proposed' })).blocks,
  renderNotice(autonomyNoticeFacts(loweredEffect, null)).blocks,
  openAgain(actions.autonomyList, 'v').blocks,
  homeView(statusFacts),
];

test('everything that can be pressed has exactly one listener, and nobody listens to what is never shown', () => {
  const shown = new Set(rendered.flatMap(actionIds).filter((id) => id !== INPUT_ELEMENT));
  expect(heard().action.toSorted()).toEqual([...shown].toSorted());
  expect(heard().action.toSorted()).toEqual(Object.values(actions).toSorted());
});

test('everything that can be submitted has exactly one listener', () => {
  const shown = new Set(
    nodes(rendered).flatMap((node) => (typeof node['callback_id'] === 'string' ? [node['callback_id']] : [])),
  );
  expect(heard().view.toSorted()).toEqual([...shown].toSorted());
  expect(heard().view.toSorted()).toEqual(Object.values(views).toSorted());
});

test('the manifest declares the commands, events and scopes that the program uses, and no others', () => {
  expect(heard().command).toEqual(Object.values(commands));
  expect(manifest.features.slash_commands.map(({ command }) => command)).toEqual(heard().command);
  expect(heard().event.toSorted()).toEqual(Object.values(events).toSorted());
  expect(manifest.settings.event_subscriptions.bot_events.toSorted()).toEqual(heard().event.toSorted());
  expect(manifest.oauth_config.scopes.bot.toSorted()).toEqual([...requiredScopes].toSorted());
});
