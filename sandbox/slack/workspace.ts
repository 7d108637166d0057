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
  /** Without the `#`. */
  name: string;
  is_private: boolean;
  is_archived: boolean;
  /** User ids; holds the bot's when it was invited. */
  members: string[];
};

export type SlackUsergroup = { id: string; handle: string; users: string[] };

export type PostedMessage = {
  channel: string;
  ts: string;
  user: string;
  bot_id?: string;
  text: string;
  blocks?: unknown[];
  metadata?: unknown;
  thread_ts?: string;
  edited?: { ts: string };
  deleted?: true;
};

/** A message that only `user` sees; gone from Slack's own history, so it is listed apart. */
export type Ephemeral = { id: string; channel: string; user: string; text: string; blocks?: unknown[]; ts: string };

/** One entry of a person's modal stack, or their Home tab. `view` is as the Web API returns it. */
export type OpenView = { id: string; hash: string; user: string; view: Record<string, unknown> };

export type DeliveryKind =
  | 'block_actions'
  | 'view_submission'
  | 'view_closed'
  | 'slash_command'
  | 'event'
  | 'block_suggestion';

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
  /** The next `times` (1) calls of `method` (`*`: of any method) meet this fault. Faults queue up. */
  next(method: string, fault: Fault, times?: number): void;
  clear(): void;
};

export type JournalEntry = { at: number; type: 'call' | 'delivery'; method: string; ok: boolean; detail: unknown };

export type ClickTarget = {
  user: string;
  /** Channel id or `#name`. */
  channel: string;
  ts: string;
  actionId: string;
  blockId?: string;
  /** Which option (of a select, overflow …), or the button's value where several share an action id. */
  value?: string;
};

export type ViewActionTarget = {
  user: string;
  viewId: string;
  actionId: string;
  blockId?: string;
  value?: string;
  /** What the person had filled in by then, by block id or label. */
  state?: Record<string, unknown>;
};

export type SubmitArguments = {
  user: string;
  viewId: string;
  /** By block id or input label. Initial values stay where nothing is given. */
  values: Record<string, string | string[]>;
};

export type SlackWorkspace = {
  users(): SlackUser[];
  channels(): SlackChannel[];
  usergroups(): SlackUsergroup[];
  /** Oldest first; deleted ones are gone. Channel id or `#name`. */
  messages(channel: string): PostedMessage[];
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
  closeView(args: { user: string; viewId: string }): Promise<void>;
  slash(args: { user: string; channel: string; text: string }): Promise<Delivery>;
  openHome(args: { user: string }): Promise<Delivery>;
  /** A person writes; mentioning the bot (`<@U…>` or `@name`) sends `app_mention`. Null where no event is due. */
  say(args: { user: string; channel: string; text: string; threadTs?: string }): Promise<Delivery | null>;
  /** Types into an external select; the ack's body holds the options. */
  suggest(args: { user: string; viewId: string; actionId: string; blockId?: string; value: string }): Promise<Delivery>;

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
  /** Asks every socket to reconnect, as Slack does every few hours. */
  refreshSockets(): void;
  /** Sends every event that is waiting for its retry now, whatever its time. */
  deliverRetries(): Promise<Delivery[]>;
  /** Sends the last event once more with the same `event_id`, as Slack sometimes does. */
  duplicateLastEvent(): Promise<Delivery>;
  /** Slack's check of the request URL; HTTP only. True when the challenge came back. */
  verifyUrl(): Promise<boolean>;
};
