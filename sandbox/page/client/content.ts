/** What the server tells the page. Times in milliseconds since 1970, in business time. */

export type Json = Record<string, unknown>;

export type Person = { id: string; name: string; realName: string; isBot: boolean; isGuest: boolean; isAdmin: boolean };

export type ChannelSummary = {
  id: string;
  /** Stands in the address: the channel's name, or the id of a direct message. */
  name: string;
  /** `im`: a direct message with the app. `mpim`: one of several people. */
  kind: 'channel' | 'im' | 'mpim';
  isPrivate: boolean;
  members: string[];
  /** Timestamps of the latest messages, oldest first: what unread counts are made of. */
  recent: string[];
};

export type ShownView = { id: string; hash: string; view: Json };

export type Command = { command: string; description: string; usageHint: string };

/** What an app offers on a message, or anywhere. */
export type Shortcut = { name: string; type: 'message' | 'global'; callbackId: string; description: string };

export type WorkspaceContent = {
  me: string;
  users: Person[];
  usergroups: Array<{ id: string; handle: string }>;
  channels: ChannelSummary[];
  /** Top of the stack last. */
  modals: ShownView[];
  home: ShownView | null;
  commands: Command[];
  shortcuts: Shortcut[];
  appName: string;
  botUserId: string;
  mails: number;
  now: number;
  canMoveTime: boolean;
  time: TimeContent;
  people: PeopleSwitches;
};

export type TimeContent = {
  canPause: boolean;
  canStep: boolean;
  paused: boolean;
  /** Where time is being moved from and to; `to` is null on the way to whatever comes next. */
  moving: { from: number; to: number | null } | null;
};

/** Sent alone while time moves, many times a second of business time. */
export type TimeTick = { now: number; time: TimeContent };

/** What the app's time did when it was asked to move. */
export type TimeMoved = { now: number; moved: number };

/** Whether simulated leads and teammates are there, and act; null where nobody is simulated. */
export type PeopleSwitches = { leads: boolean; reviewers: boolean } | null;

/** What simulated people did, newest first. */
export type Story = Array<{ at: number; who: string; what: string }>;

export type ModelContent = {
  /** 1 makes no mistakes, 0 makes one in every answer. */
  quality: number;
  /** The latest fault that was asked for: `times` answers, or all of them until it is cleared (null). */
  fault: { name: string; times: number | null; at: number } | null;
};

export type Message = {
  id: string;
  ts: string;
  at: number;
  user: string;
  text: string;
  blocks: unknown[];
  edited: boolean;
  onlyForMe: boolean;
  /** A note of Slack's own, such as that the topic was changed. */
  isNote: boolean;
  attachments: unknown[];
  files: SharedFile[];
  replies: Message[];
};

export type SharedFile = { id: string; name: string; title: string; mimetype: string };

export type ChannelContent = { channel: string; earlier: number; messages: Message[] };

export type MailSummary = {
  id: string;
  at: number;
  from: string;
  to: string;
  subject: string;
  preview: string;
  unread: boolean;
  /** The latest thing that was done with it, but for reading; '' when nothing was. */
  doing: string;
};

/** Who did what with a mail, and what the app answered. */
export type ShownDoing = { at: number; text: string; answer: string };

/** A reply that could be sent now. */
export type ReplyDraft = { to: string; subject: string; text: string; hidden: string | null };

/** What the app answered to something that was done with a mail. */
export type MailAnswer = { text: string; answer: string };

export type MailContent = {
  id: string;
  at: number;
  from: string;
  to: string;
  subject: string;
  text: string;
  hasHtml: boolean;
  envelope: { from: string; to: string[] };
  headers: Array<{ key: string; value: string }>;
  unread: boolean;
  /** Addresses that a reader can click; those of another machine are told apart by `isLocal`. */
  links: Array<{ href: string; words: string; isLocal: boolean }>;
  /** The ways out of the list that lead to this machine. */
  hasUnsubscribePage: boolean;
  hasOneClick: boolean;
  /** Oldest first. */
  doings: ShownDoing[];
};

export type TrafficEntry = {
  key: string;
  at: number;
  kind: 'call' | 'delivery' | 'model' | 'mail';
  what: string;
  ok: boolean;
  note: string;
};

/** How the app answered something a person did. */
export type Outcome = {
  acked: boolean;
  ackMs: number;
  error: string | null;
  errors: Record<string, string>;
  options: unknown[];
};
