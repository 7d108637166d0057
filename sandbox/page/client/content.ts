/** What the server tells the page. Times in milliseconds since 1970, in business time. */

export type Json = Record<string, unknown>;

export type Person = { id: string; name: string; realName: string; isBot: boolean; isGuest: boolean; isAdmin: boolean };

export type ChannelSummary = {
  id: string;
  name: string;
  isPrivate: boolean;
  members: string[];
  /** Timestamps of the latest messages, oldest first: what unread counts are made of. */
  recent: string[];
};

export type ShownView = { id: string; hash: string; view: Json };

export type Command = { command: string; description: string; usageHint: string };

export type WorkspaceContent = {
  me: string;
  users: Person[];
  usergroups: Array<{ id: string; handle: string }>;
  channels: ChannelSummary[];
  /** Top of the stack last. */
  modals: ShownView[];
  home: ShownView | null;
  commands: Command[];
  appName: string;
  botUserId: string;
  mails: number;
  now: number;
  canMoveTime: boolean;
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
  replies: Message[];
};

export type ChannelContent = { channel: string; earlier: number; messages: Message[] };

export type MailSummary = { id: string; at: number; from: string; to: string; subject: string; preview: string };

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
  /** An address on this machine, or null. */
  unsubscribe: string | null;
  oneClick: boolean;
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
