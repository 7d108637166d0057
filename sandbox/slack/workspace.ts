/** The shapes of the local Slack workspace: who is in it, what was posted, what a person can do. */

export type SlackUser = {
  id: string;
  /** Handle without the `@`. */
  name: string;
  real_name: string;
  is_bot: boolean;
  /** A guest. */
  is_restricted: boolean;
  deleted: boolean;
  team_id: string;
  tz: string;
  is_admin: boolean;
};

export type SlackChannel = {
  id: string;
  /** Without the `#`. A direct message with the app is called `directmessage`, one of several people `mpdm-…`. */
  name: string;
  kind: 'channel' | 'im' | 'mpim';
  is_im: boolean;
  is_mpim: boolean;
  is_private: boolean;
  is_archived: boolean;
  /** User ids; holds the bot's when it was invited. */
  members: string[];
};

export type SlackUsergroup = { id: string; handle: string; users: string[] };

export type SharedFile = { id: string; name: string; title: string; mimetype: string };

export type PostedMessage = {
  channel: string;
  ts: string;
  user: string;
  bot_id?: string;
  text: string;
  blocks?: unknown[];
  attachments?: unknown[];
  /** Uploads that were shared with it; `GET /slack/files/ID` has the bytes. */
  files?: SharedFile[];
  metadata?: unknown;
  /** `thread_broadcast`: a reply that is shown in the channel too. The others are Slack's own notes of what was set. */
  subtype?: 'thread_broadcast' | 'channel_topic' | 'channel_purpose';
  thread_ts?: string;
  edited?: { ts: string };
  deleted?: true;
};

/** A message that only `user` sees; gone from Slack's own history, so it is listed apart. */
export type Ephemeral = {
  id: string;
  channel: string;
  user: string;
  text: string;
  blocks?: unknown[];
  attachments?: unknown[];
  thread_ts?: string;
  ts: string;
};

/** One entry of a person's modal stack, or their Home tab. `view` is as the Web API returns it. */
export type OpenView = { id: string; hash: string; user: string; view: Record<string, unknown> };

export type DeliveryKind =
  | 'block_actions'
  | 'view_submission'
  | 'view_closed'
  | 'slash_command'
  | 'event'
  | 'block_suggestion'
  | 'shortcut'
  | 'message_action';

/** One thing sent to the app, and how the app answered within the deadline. */
export type Delivery = {
  kind: DeliveryKind;
  /** A 2xx answer (HTTP) or an ack frame (socket) arrived before the deadline. */
  acked: boolean;
  /** How many answers came, late ones included; anything but 1 is a mistake of the app. */
  acks: number;
  /** HTTP status; null over a socket or when nothing answered. */
  status: number | null;
  /** Milliseconds until the answer, or until it was given up. */
  ackMs: number;
  /** What the ack carried: parsed JSON, a string, or null. */
  body: unknown;
  /** Why it failed, or what the person's client would complain about. */
  error?: string;
  /** The app asked (`x-slack-no-retry: 1`) not to be sent this event again. */
  noRetry?: boolean;
};

export type SubmitResult = Delivery & { errors?: Record<string, string> };

export type Fault =
  | { kind: 'ratelimited' /** Seconds. */; retryAfter: number }
  | { kind: 'http'; status: number }
  | { kind: 'error'; error: string }
  | { kind: 'hang'; ms: number }
  /** Processed, then the connection is cut before the answer. */
  | { kind: 'lost' };

export type Faults = {
  /** The next `times` (1; may be Infinity) calls of `method` (`*`: of any method) meet this fault. Faults queue up. */
  next(method: string, fault: Fault, times?: number): void;
  clear(): void;
};

/** `at`: machine time in ms when it ended. A call's detail has its arguments and answer, a delivery's how it was acked. */
export type JournalEntry = { at: number; type: 'call' | 'delivery'; method: string; ok: boolean; detail: unknown };

export type ClickTarget = {
  user: string;
  /** Channel id or `#name`. */
  channel: string;
  ts: string;
  actionId: string;
  blockId?: string;
  /**
   * Which option (of a select, overflow …), or the button's value where several share an action id. A list for menus and
   * checkboxes that take several: all that is chosen now, `[]` for nothing.
   */
  value?: string | string[];
  /** What the person had entered around it by then, by block id, or by `blockId/actionId` where a block has several. */
  state?: Record<string, unknown>;
};

export type ViewActionTarget = {
  user: string;
  viewId: string;
  actionId: string;
  blockId?: string;
  value?: string | string[];
  /** What the person had filled in by then, by block id, `blockId/actionId` or label. */
  state?: Record<string, unknown>;
};

export type SubmitArguments = {
  user: string;
  viewId: string;
  /** By block id or input label. Initial values stay where nothing is given. */
  values: Record<string, string | string[]>;
};

/** Types into an external menu, in a view or in a message. */
export type SuggestArguments = {
  user: string;
  actionId: string;
  blockId?: string;
  value: string;
} & ({ viewId: string } | { channel: string; ts: string });

/** What an app offers beside its commands: on any message, or anywhere. */
export type Shortcut = { name: string; type: 'global' | 'message'; callbackId: string; description: string };

export type SlackWorkspace = {
  users(): SlackUser[];
  /** Channels, and direct messages with the app as far as they exist. */
  channels(): SlackChannel[];
  usergroups(): SlackUsergroup[];
  /** What the manifest offers. */
  shortcuts(): readonly Shortcut[];
  /**
   * Oldest first; deleted ones are gone. Channel id or `#name`. This is the channel's own list, which goes on changing: a
   * year's channel is too long to copy at every look. Copy what has to stay as it is.
   */
  messages(channel: string): readonly PostedMessage[];
  /** One message, or null where it is not (any more). */
  message(channel: string, ts: string): PostedMessage | null;
  /** Of a thread, oldest first, without the message that it hangs on. */
  replies(channel: string, threadTs: string): readonly PostedMessage[];
  /** The latest that this person was shown; Slack keeps none. */
  ephemerals(user: string, channel?: string): Ephemeral[];
  /** Top of the stack last. */
  modals(user: string): OpenView[];
  home(user: string): OpenView | null;
  /** What Slack's client complained about to this person ("this app did not respond"), oldest first. */
  warnings(user: string): string[];
  on(event: 'change', listener: () => void): () => void;

  /** Each resolves when the app has answered or the deadline has passed; throws when the thing is not there to be used. */
  click(target: ClickTarget): Promise<Delivery>;
  clickInView(target: ViewActionTarget): Promise<Delivery>;
  submit(args: SubmitArguments): Promise<SubmitResult>;
  /** Cancel or Back; with `all` the ✕ in the corner, which closes the whole stack. */
  closeView(args: { user: string; viewId: string; all?: boolean }): Promise<void>;
  slash(args: { user: string; channel: string; text: string }): Promise<Delivery>;
  /** Opens the app's own place: its Home tab, or the messages tab beside it. */
  openHome(args: { user: string; tab?: 'home' | 'messages' }): Promise<Delivery>;
  /**
   * A person writes. Mentioning the bot (`<@U…>` or `@name`) sends `app_mention`, and every message the `message.…` event
   * of its conversation, as far as the manifest subscribes. Null where no event is due. Throws where they cannot write.
   */
  say(args: { user: string; channel: string; text: string; threadTs?: string }): Promise<Delivery | null>;
  /** The ack's body holds the options, which can be chosen from then on. */
  suggest(args: SuggestArguments): Promise<Delivery>;
  /** Uses a shortcut of the manifest: on a message where `ts` is given, from anywhere otherwise. */
  shortcut(args: { user: string; callbackId: string; channel?: string; ts?: string }): Promise<Delivery>;
  /** Uploads a person's file for a `file_input`, whose value is then its id. */
  keepFile(args: { user: string; name: string; bytes: Buffer }): { id: string };
  /** The direct message between a person and the app, made when it is first needed: its id. */
  directMessage(user: string): string;
  /** Says yes on the installation page; the code for `oauth.v2.access`, good once and for ten minutes. */
  install(args: { user: string; redirectUri?: string }): string;

  faults: Faults;
  journal(): JournalEntry[];
  /** Everything sent to the app so far; entries change when a late or second ack arrives. */
  deliveries(): readonly Delivery[];

  addMember(user: SlackUser): void;
  invite(channel: string, user: string): void;
  kick(channel: string, user: string): void;
  archive(channel: string): void;

  /** How many sockets the app has open. */
  sockets(): number;
  /**
   * Asks every socket to reconnect, as Slack does every few hours: `warning` says that it is about to, `link_disabled` that
   * Socket Mode was switched off. `refresh_requested` where nothing is said.
   */
  refreshSockets(reason?: 'refresh_requested' | 'warning' | 'link_disabled'): void;
  /** Sends every event that is waiting for its retry now, whatever its time. */
  deliverRetries(): Promise<Delivery[]>;
  /**
   * Sends the last event once more with the same `event_id`, as Slack sometimes does; `unmarked` without saying that it is a
   * retry, as sockets do.
   */
  duplicateLastEvent(how?: 'as_retry' | 'unmarked'): Promise<Delivery>;
  /** Events wait from now on. Whoever caused one waits with it. */
  holdEvents(): void;
  /** Sends the waiting events one after the other and ends the waiting. */
  releaseEvents(order: 'as_sent' | 'reversed'): Promise<Delivery[]>;
  /** Slack's check of the request URL; HTTP only. True when the challenge came back. */
  verifyUrl(): Promise<boolean>;
};
