import { presentMessage } from './posting.ts';
import type { Ephemeral, PostedMessage, SlackUser } from './workspace.ts';
import type { Conversation, StackedView, World } from './world.ts';

/** Payloads in Slack's shapes: https://docs.slack.dev/reference/interaction-payloads */

/** The legacy verification token, which every payload still carries and nobody should check. */
const VERIFICATION_TOKEN = 'sandbox-verification-token';

type Payload = Record<string, unknown>;

/** Payloads do not tell the name of a private channel. */
function shownName({ im, is_private: isPrivate, name }: Conversation): string {
  if (im !== null) return 'directmessage';
  return isPrivate ? 'privategroup' : name;
}

/** Long enough to tell an expired trigger from one that never was. */
const KEPT_TRIGGERS = 1_000;

function newTrigger(world: World, user: string, inModal: boolean): string {
  const id = `${Math.floor(world.now() / 10)}.${world.credentials.teamId}.${world.ids.secret(32)}`;
  if (world.triggers.size >= KEPT_TRIGGERS) world.triggers.delete(world.triggers.keys().next().value ?? '');
  world.triggers.set(id, { user, at: world.now(), used: false, inModal });
  return id;
}

/** What every interaction begins with. */
function envelopeOf(world: World, type: string, user: SlackUser): Payload {
  const { teamId, appId } = world.credentials;
  return {
    type,
    user: { id: user.id, username: user.name, name: user.name, team_id: teamId },
    api_app_id: appId,
    token: VERIFICATION_TOKEN,
    team: { id: teamId, domain: 'sandbox' },
    enterprise: null,
    is_enterprise_install: false,
  };
}

export type Clicked = { message: PostedMessage } | { ephemeral: Ephemeral };

export function messageActionPayload(
  world: World,
  used: {
    user: SlackUser;
    channel: Conversation;
    clicked: Clicked;
    action: Payload;
    state: Payload;
    responseUrl: string;
  },
): Payload {
  const { clicked, channel } = used;
  const isEphemeral = 'ephemeral' in clicked;
  const ts = isEphemeral ? clicked.ephemeral.ts : clicked.message.ts;
  const thread = isEphemeral ? undefined : clicked.message.thread_ts;
  return {
    ...envelopeOf(world, 'block_actions', used.user),
    container: {
      type: 'message',
      message_ts: ts,
      channel_id: channel.id,
      is_ephemeral: isEphemeral,
      ...(thread === undefined ? {} : { thread_ts: thread }),
    },
    trigger_id: newTrigger(world, used.user.id, false),
    channel: { id: channel.id, name: shownName(channel) },
    // Slack sends no message for an ephemeral one: it keeps none.
    ...(isEphemeral ? {} : { message: presentMessage(world, clicked.message) }),
    state: { values: used.state },
    response_url: used.responseUrl,
    actions: [used.action],
  };
}

export function viewActionPayload(world: World, user: SlackUser, stacked: StackedView, action: Payload): Payload {
  return {
    ...envelopeOf(world, 'block_actions', user),
    container: { type: 'view', view_id: stacked.id },
    trigger_id: newTrigger(world, user.id, stacked.view.type === 'modal'),
    view: stacked.view,
    actions: [action],
  };
}

export function suggestionPayload(
  world: World,
  user: SlackUser,
  stacked: StackedView,
  asked: { actionId: string; blockId: string; value: string },
): Payload {
  return {
    ...envelopeOf(world, 'block_suggestion', user),
    container: { type: 'view', view_id: stacked.id },
    action_id: asked.actionId,
    block_id: asked.blockId,
    value: asked.value,
    view: stacked.view,
  };
}

export function submissionPayload(world: World, user: SlackUser, stacked: StackedView): Payload {
  return {
    ...envelopeOf(world, 'view_submission', user),
    trigger_id: newTrigger(world, user.id, true),
    view: stacked.view,
    response_urls: [],
  };
}

export function closedPayload(world: World, user: SlackUser, stacked: StackedView, isCleared: boolean): Payload {
  return { ...envelopeOf(world, 'view_closed', user), view: stacked.view, is_cleared: isCleared };
}

/** Form fields of a slash command; every value is a string, `is_enterprise_install` too. */
export function slashPayload(
  world: World,
  sent: { user: SlackUser; channel: Conversation; command: string; text: string; responseUrl: string },
): Payload {
  return {
    token: VERIFICATION_TOKEN,
    team_id: world.credentials.teamId,
    team_domain: 'sandbox',
    channel_id: sent.channel.id,
    channel_name: shownName(sent.channel),
    user_id: sent.user.id,
    user_name: sent.user.name,
    command: sent.command,
    text: sent.text,
    api_app_id: world.credentials.appId,
    is_enterprise_install: 'false',
    response_url: sent.responseUrl,
    trigger_id: newTrigger(world, sent.user.id, false),
  };
}

export function eventPayload(world: World, event: Payload): Payload {
  const { teamId, appId, botUserId } = world.credentials;
  return {
    token: VERIFICATION_TOKEN,
    team_id: teamId,
    api_app_id: appId,
    event,
    type: 'event_callback',
    event_id: world.ids.id('Ev'),
    event_time: Math.floor(world.now() / 1000),
    authorizations: [
      { enterprise_id: null, team_id: teamId, user_id: botUserId, is_bot: true, is_enterprise_install: false },
    ],
    is_ext_shared_channel: false,
    event_context: world.ids.secret(24),
  };
}

export function challengePayload(challenge: string): Payload {
  return { token: VERIFICATION_TOKEN, challenge, type: 'url_verification' };
}
