import { presentMessage } from './present-message.ts';
import type { Ephemeral, PostedMessage, Shortcut, SlackUser } from './workspace.ts';
import type { Conversation, StackedView, World } from './world.ts';

/** Payloads in Slack's shapes: https://docs.slack.dev/reference/interaction-payloads */

/** The legacy verification token, which every payload still carries and nobody should check. */
const VERIFICATION_TOKEN = 'sandbox-verification-token';

type Payload = Record<string, unknown>;

/** Payloads do not tell the name of a private channel. */
function shownName({ kind, is_private: isPrivate, name }: Conversation): string {
  if (kind === 'im') return 'directmessage';
  return isPrivate && kind === 'channel' ? 'privategroup' : name;
}

/** Long enough to tell an expired trigger from one that never was. */
const KEPT_TRIGGERS = 1_000;

function newTrigger(world: World, user: string, from: { inModal: boolean; channel: string | null }): string {
  const id = `${Math.floor(world.now() / 10)}.${world.credentials.teamId}.${world.ids.secret(32)}`;
  if (world.triggers.size >= KEPT_TRIGGERS) world.triggers.delete(world.triggers.keys().next().value ?? '');
  world.triggers.set(id, { user, at: world.now(), used: false, ...from });
  return id;
}

const inChannel = ({ id }: Conversation) => ({ inModal: false, channel: id });
const inView = ({ view, from }: StackedView) => ({ inModal: view.type === 'modal', channel: from });

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

/** Where a message stands, as interactions with it say. Slack sends no message for an ephemeral one: it keeps none. */
function placeOf(world: World, clicked: Clicked, channel: Conversation): Payload {
  const isEphemeral = 'ephemeral' in clicked;
  const { ts, thread_ts: thread } = isEphemeral ? clicked.ephemeral : clicked.message;
  return {
    container: {
      type: 'message',
      message_ts: ts,
      channel_id: channel.id,
      is_ephemeral: isEphemeral,
      ...(thread === undefined ? {} : { thread_ts: thread }),
    },
    channel: { id: channel.id, name: shownName(channel) },
    ...(isEphemeral ? {} : { message: presentMessage(world, clicked.message) }),
  };
}

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
  return {
    ...envelopeOf(world, 'block_actions', used.user),
    ...placeOf(world, used.clicked, used.channel),
    trigger_id: newTrigger(world, used.user.id, inChannel(used.channel)),
    state: { values: used.state },
    response_url: used.responseUrl,
    actions: [used.action],
  };
}

export function viewActionPayload(world: World, user: SlackUser, stacked: StackedView, action: Payload): Payload {
  return {
    ...envelopeOf(world, 'block_actions', user),
    container: { type: 'view', view_id: stacked.id },
    trigger_id: newTrigger(world, user.id, inView(stacked)),
    view: stacked.view,
    actions: [action],
  };
}

/** A global shortcut is used from anywhere: Slack does not say where. */
export function shortcutPayload(world: World, user: SlackUser, shortcut: Shortcut): Payload {
  return {
    ...envelopeOf(world, 'shortcut', user),
    callback_id: shortcut.callbackId,
    trigger_id: newTrigger(world, user.id, { inModal: false, channel: null }),
    action_ts: (world.now() / 1000).toFixed(6),
  };
}

export function messageShortcutPayload(
  world: World,
  used: { user: SlackUser; shortcut: Shortcut; channel: Conversation; message: PostedMessage; responseUrl: string },
): Payload {
  return {
    ...envelopeOf(world, 'message_action', used.user),
    callback_id: used.shortcut.callbackId,
    trigger_id: newTrigger(world, used.user.id, inChannel(used.channel)),
    action_ts: (world.now() / 1000).toFixed(6),
    channel: { id: used.channel.id, name: shownName(used.channel) },
    message_ts: used.message.ts,
    message: presentMessage(world, used.message),
    response_url: used.responseUrl,
  };
}

type Asked = { actionId: string; blockId: string; value: string };

const suggestionOf = ({ actionId, blockId, value }: Asked): Payload => ({
  action_id: actionId,
  block_id: blockId,
  value,
});

export function viewSuggestionPayload(world: World, user: SlackUser, stacked: StackedView, asked: Asked): Payload {
  return {
    ...envelopeOf(world, 'block_suggestion', user),
    container: { type: 'view', view_id: stacked.id },
    ...suggestionOf(asked),
    view: stacked.view,
  };
}

export function messageSuggestionPayload(
  world: World,
  user: SlackUser,
  at: { channel: Conversation; clicked: Clicked },
  asked: Asked,
): Payload {
  return {
    ...envelopeOf(world, 'block_suggestion', user),
    ...placeOf(world, at.clicked, at.channel),
    ...suggestionOf(asked),
  };
}

export function submissionPayload(
  world: World,
  user: SlackUser,
  stacked: StackedView,
  responseUrls: readonly Payload[],
): Payload {
  return {
    ...envelopeOf(world, 'view_submission', user),
    trigger_id: newTrigger(world, user.id, inView(stacked)),
    view: stacked.view,
    response_urls: responseUrls,
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
    trigger_id: newTrigger(world, sent.user.id, inChannel(sent.channel)),
  };
}

export function eventPayload(world: World, event: Payload): Payload {
  const { teamId, appId, botUserId } = world.credentials;
  return {
    token: VERIFICATION_TOKEN,
    team_id: teamId,
    context_team_id: teamId,
    context_enterprise_id: null,
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

/** A person's message as events carry it: Slack's composer writes rich text. */
export function writtenMessage(world: World, message: PostedMessage): Payload {
  const text = { type: 'rich_text_section', elements: richRuns(message.text) };
  return {
    user: message.user,
    ts: message.ts,
    client_msg_id: world.ids.secret(32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
    text: message.text,
    team: world.credentials.teamId,
    ...(message.thread_ts === undefined ? {} : { thread_ts: message.thread_ts }),
    blocks: [{ type: 'rich_text', block_id: world.ids.short(), elements: [text] }],
    channel: message.channel,
  };
}

/** `hello <@U1>` as a text and a mention. */
function richRuns(text: string): Payload[] {
  return text
    .split(/(<@[UW][A-Z0-9]+>)/)
    .filter((run) => run !== '')
    .map((run) =>
      /^<@[UW][A-Z0-9]+>$/.test(run) ? { type: 'user', user_id: run.slice(2, -1) } : { type: 'text', text: run },
    );
}

export function challengePayload(challenge: string): Payload {
  return { token: VERIFICATION_TOKEN, challenge, type: 'url_verification' };
}
