import type { SlackWorkspace } from '../slack/workspace.ts';
import type { MailStandIn } from '../mail/stand-in.ts';
import type { StoredMail } from '../mail/stored-mail.ts';
import type { BusinessTime } from './business-time.ts';
import type {
  ChannelContent,
  ChannelSummary,
  Command,
  MailContent,
  MailSummary,
  Message,
  WorkspaceContent,
} from './client/content.ts';
import { isLocal } from './mail-document.ts';

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

const inThread = (message: { ts: string; thread_ts?: string }): boolean =>
  message.thread_ts !== undefined && message.thread_ts !== message.ts;

export function workspaceContent(sources: Sources, as: string): WorkspaceContent {
  const { workspace } = sources;
  const channels = workspace
    .channels()
    .filter((channel) => !channel.is_archived && channel.members.includes(as))
    .map((channel): ChannelSummary => {
      const recent = workspace
        .messages(channel.id)
        .filter((message) => !inThread(message))
        .slice(-RECENT);
      return {
        id: channel.id,
        name: channel.name,
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
    appName: sources.appName,
    botUserId: sources.botUserId,
    mails: sources.mail.messages().length,
    now: sources.time.now(),
    canMoveTime: sources.canMoveTime,
  };
}

/** The latest `limit` messages of a channel, oldest first, each with its thread, and what only this person sees there. */
export function channelContent(sources: Sources, as: string, channel: string, limit: number): ChannelContent {
  const all = sources.workspace.messages(channel);
  const shaped = (message: (typeof all)[number]): Message => ({
    id: message.ts,
    ts: message.ts,
    at: sources.time.of(message.ts, message.ts),
    user: message.user,
    text: message.text,
    blocks: message.blocks ?? [],
    edited: message.edited !== undefined,
    onlyForMe: false,
    replies: [],
  });
  const top = all.filter((message) => !inThread(message));
  const messages = top.slice(-limit).map((message) => ({
    ...shaped(message),
    replies: all.filter((reply) => inThread(reply) && reply.thread_ts === message.ts).map(shaped),
  }));
  const ephemerals = sources.workspace.ephemerals(as, channel).map(
    (message): Message => ({
      id: message.id,
      ts: message.ts,
      at: sources.time.of(message.id, message.ts),
      user: sources.botUserId,
      text: message.text,
      blocks: message.blocks ?? [],
      edited: false,
      onlyForMe: true,
      replies: [],
    }),
  );
  const oldest = top.length > limit ? Number(messages[0]?.ts ?? 0) : 0;
  return {
    channel,
    earlier: Math.max(0, top.length - limit),
    messages: [...messages, ...ephemerals.filter((message) => Number(message.ts) >= oldest)].toSorted(
      (a, b) => Number(a.ts) - Number(b.ts),
    ),
  };
}

export function mailSummaries(mails: StoredMail[], limit: number): MailSummary[] {
  return mails
    .slice(-limit)
    .toReversed()
    .map((mail) => ({
      id: mail.id,
      at: mail.at,
      from: mail.from,
      to: mail.to,
      subject: mail.subject,
      preview: mail.text.replaceAll(/\s+/g, ' ').trim().slice(0, 140),
    }));
}

export function mailContent(mail: StoredMail): MailContent {
  const header = (name: string): string => mail.headers.find(({ key }) => key.toLowerCase() === name)?.value ?? '';
  const unsubscribe =
    [...header('list-unsubscribe').matchAll(/<(https?:[^>]+)>/g)].map((match) => match[1] ?? '').find(isLocal) ?? null;
  return {
    id: mail.id,
    at: mail.at,
    from: mail.from,
    to: mail.to,
    subject: mail.subject,
    text: mail.text,
    hasHtml: mail.html !== '',
    envelope: { from: mail.envelopeFrom, to: mail.envelopeTo },
    headers: mail.headers,
    unsubscribe,
    oneClick: unsubscribe !== null && /one-click/i.test(header('list-unsubscribe-post')),
  };
}
