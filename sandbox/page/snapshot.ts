import type { Ephemeral, PostedMessage, SlackWorkspace } from '../slack/workspace.ts';
import type { MailStandIn } from '../mail/stand-in.ts';
import type { BusinessTime } from './business-time.ts';
import type { ChannelContent, ChannelSummary, Command, Message, WorkspaceContent } from './client/content.ts';

/** What the page shows, read from the stand-ins for one person at one moment. */
export type Sources = {
  workspace: SlackWorkspace;
  botUserId: string;
  mail: MailStandIn;
  commands: Command[];
  appName: string;
  time: BusinessTime;
  canMoveTime: boolean;
};

const RECENT = 99;

/** Replies stand in their thread, and in the channel only when they were sent there too. */
const inChannel = ({ ts, thread_ts: thread, subtype }: PostedMessage): boolean =>
  thread === undefined || thread === ts || subtype === 'thread_broadcast';

/** @param moves what of the world beside Slack can be moved and switched */
export function workspaceContent(
  sources: Sources,
  as: string,
  moves: Pick<WorkspaceContent, 'time' | 'people'>,
): WorkspaceContent {
  const { workspace } = sources;
  const channels = workspace
    .channels()
    .filter((channel) => !channel.is_archived && channel.members.includes(as))
    .map((channel): ChannelSummary => {
      const recent = workspace.messages(channel.id).filter(inChannel).slice(-RECENT);
      return {
        id: channel.id,
        name: channel.kind === 'channel' ? channel.name : channel.id,
        kind: channel.kind,
        isPrivate: channel.is_private,
        members: channel.members,
        recent: recent.map(({ ts }) => ts),
      };
    });
  const home = workspace.home(as);
  return {
    me: as,
    users: workspace.users().map((user) => ({
      id: user.id,
      name: user.name,
      realName: user.real_name,
      isBot: user.is_bot,
      isGuest: user.is_restricted,
      isAdmin: user.is_admin,
    })),
    usergroups: workspace.usergroups().map(({ id, handle }) => ({ id, handle })),
    channels,
    modals: workspace.modals(as).map(({ id, hash, view }) => ({ id, hash, view })),
    home: home ? { id: home.id, hash: home.hash, view: home.view } : null,
    commands: sources.commands,
    shortcuts: [...workspace.shortcuts()],
    appName: sources.appName,
    botUserId: sources.botUserId,
    mails: sources.mail.messages().length,
    now: sources.time.now(),
    canMoveTime: sources.canMoveTime,
    ...moves,
  };
}

/** The latest `limit` messages of a channel, oldest first, each with its thread, and what only this person sees there. */
export function channelContent(sources: Sources, as: string, channel: string, limit: number): ChannelContent {
  const { workspace } = sources;
  const top = workspace.messages(channel).filter(inChannel);
  const latest = top.slice(-limit);
  const whispers = workspace.ephemerals(as, channel);
  const messages = latest.map((message): Message => {
    const replies = workspace.replies(channel, message.ts).map((reply) => shaped(sources, reply));
    const whispered = whispers.filter(({ thread_ts }) => thread_ts === message.ts).map((one) => whisper(sources, one));
    return { ...shaped(sources, message), replies: inOrder([...replies, ...whispered]) };
  });
  const oldest = top.length > limit ? Number(latest[0]?.ts ?? 0) : 0;
  const between = whispers
    .filter((one) => one.thread_ts === undefined && Number(one.ts) >= oldest)
    .map((one) => whisper(sources, one));
  return {
    channel,
    earlier: Math.max(0, top.length - limit),
    messages: inOrder([...messages, ...between]),
  };
}

const inOrder = (messages: Message[]): Message[] => messages.toSorted((a, b) => Number(a.ts) - Number(b.ts));

function shaped({ time }: Sources, message: PostedMessage): Message {
  return {
    id: message.ts,
    ts: message.ts,
    at: time.of(message.ts, message.ts),
    user: message.user,
    text: message.text,
    blocks: message.blocks ?? [],
    attachments: message.attachments ?? [],
    edited: message.edited !== undefined,
    onlyForMe: false,
    isNote: message.subtype !== undefined && message.subtype !== 'thread_broadcast',
    files: message.files ?? [],
    replies: [],
  };
}

function whisper({ time, botUserId }: Sources, message: Ephemeral): Message {
  return {
    id: message.id,
    ts: message.ts,
    at: time.of(message.id, message.ts),
    user: botUserId,
    text: message.text,
    blocks: message.blocks ?? [],
    attachments: message.attachments ?? [],
    edited: false,
    onlyForMe: true,
    isNote: false,
    files: [],
    replies: [],
  };
}
