import { type Args, type Method, page, type Reply, scoped, textArg } from '../call.ts';
import { hasSomethingToShow, post, refuse, refuseArguments } from '../posting.ts';
import { type ScheduledMessage, seconds, type World } from '../world.ts';
import { messageContent, threadOf, writable } from './chat.ts';

/** Messages for later: https://docs.slack.dev/reference/methods/chat.scheduleMessage */

const DAYS_AHEAD = 120;
const DAY_S = 86_400;
/** No more than this many in a channel within five minutes. */
const MOST_AT_ONCE = 30;
const AT_ONCE_S = 300;
/** So shortly before it is posted nothing can be called back. */
const TOO_LATE_S = 60;

function refuseTime(world: World, channel: string, postAt: number): Reply | null {
  if (!Number.isInteger(postAt)) return refuse('invalid_time');
  if (postAt <= seconds(world)) return refuse('time_in_past');
  if (postAt > seconds(world) + DAYS_AHEAD * DAY_S) return refuse('time_too_far');
  const near = [...world.scheduled.values()].filter(
    (other) => other.channel === channel && Math.abs(other.postAt - postAt) < AT_ONCE_S,
  );
  return near.length >= MOST_AT_ONCE ? refuse('restricted_too_many') : null;
}

function schedule(args: Args, world: World): Reply {
  const target = writable(args, world);
  if ('refusal' in target) return target.refusal;
  // Slack takes it and then never posts it; better to hear that now.
  if (args.metadata !== undefined && args.metadata !== '')
    return refuseArguments({ message: 'scheduled messages with metadata never post', pointer: '/metadata' });
  const postAt = Number(textArg(args, 'post_at'));
  const refusedTime = refuseTime(world, target.channel.id, postAt);
  if (refusedTime !== null) return refusedTime;
  const read = messageContent(args, world, 'messageText');
  if ('refusal' in read) return read.refusal;
  if (!hasSomethingToShow(read.content)) return refuse('no_text');
  const thread = threadOf(args, world, target.channel.id);
  if ('refusal' in thread) return thread.refusal;
  const { text = '', metadata: _none, ...laidOut } = read.content;
  const message: ScheduledMessage = {
    id: world.ids.id('Q'),
    channel: target.channel.id,
    postAt,
    created: seconds(world),
    text,
    ...laidOut,
    ...thread,
  };
  world.scheduled.set(message.id, message);
  const { botId, botUserId, teamId } = world.credentials;
  return {
    ok: true,
    channel: message.channel,
    scheduled_message_id: message.id,
    post_at: postAt,
    message: { type: 'delayed_message', text, bot_id: botId, user: botUserId, team: teamId, ...laidOut },
  };
}

function unschedule(args: Args, world: World): Reply {
  const message = world.scheduled.get(textArg(args, 'scheduled_message_id') ?? '');
  const channel = world.conversations.get(textArg(args, 'channel') ?? '');
  if (channel === undefined) return refuse('channel_not_found');
  if (message === undefined || message.channel !== channel.id || message.postAt - seconds(world) < TOO_LATE_S)
    return refuse('invalid_scheduled_message_id');
  world.scheduled.delete(message.id);
  return { ok: true };
}

function listScheduled(args: Args, world: World): Reply {
  const channel = textArg(args, 'channel');
  if (channel !== null && !world.conversations.has(channel)) return refuse('invalid_channel');
  const oldest = Number(textArg(args, 'oldest') ?? 0);
  const latest = Number(textArg(args, 'latest') ?? Number.POSITIVE_INFINITY);
  const wanted = [...world.scheduled.values()]
    .filter((message) => channel === null || message.channel === channel)
    .filter(({ postAt }) => postAt >= oldest && postAt <= latest)
    .sort((a, b) => a.postAt - b.postAt);
  const listed = page(wanted, args, 100);
  if ('refusal' in listed) return listed.refusal;
  return {
    ok: true,
    scheduled_messages: listed.items.map((message) => ({
      id: message.id,
      channel_id: message.channel,
      post_at: message.postAt,
      date_created: message.created,
      text: message.text,
    })),
    response_metadata: { next_cursor: listed.next },
  };
}

const write = scoped('chat:write');

export const SCHEDULE_METHODS: Record<string, Method> = {
  'chat.scheduleMessage': {
    token: 'bot',
    tier: 'tier3',
    scope: write,
    requires: ['channel', 'post_at'],
    durable: true,
    run: schedule,
  },
  'chat.deleteScheduledMessage': {
    token: 'bot',
    tier: 'tier3',
    scope: write,
    requires: ['channel', 'scheduled_message_id'],
    run: unschedule,
  },
  'chat.scheduledMessages.list': { token: 'bot', tier: 'tier3', scope: scoped(null), run: listScheduled },
};

/** Posts what is due; called wherever somebody looks. */
export function releaseScheduled(world: World): void {
  if (world.scheduled.size === 0) return;
  const due = [...world.scheduled.values()]
    .filter(({ postAt }) => postAt * 1000 <= world.now())
    .sort((a, b) => a.postAt - b.postAt);
  for (const message of due) {
    world.scheduled.delete(message.id);
    const channel = world.conversations.get(message.channel);
    const { threadTs } = message;
    // Into an archived channel nothing is posted, and nobody is told.
    if (channel === undefined || channel.is_archived) continue;
    post(world, channel, message, threadTs === undefined ? {} : { threadTs });
  }
}
