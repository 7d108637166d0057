import type { Db, Tx } from '../db/client.ts';
import type { ProposalInputs } from '../core/facts.ts';
import type { Kind } from '../core/kinds/kind.ts';
import type { Proposals } from '../core/kinds/rules.ts';
import type { RenderedMail } from '../core/message.ts';
import type { CardFacts, DigestFacts, NoticeFacts } from './card-facts.ts';

/** Everything outside: filled in app.ts, and by tests with their own. The database is not behind an interface. */
export type Context = {
  db: Db;
  workspaceId: string;
  /** Business time: due times, deadlines, send windows. The sandbox can move it. */
  clock: { now(): Date };
  /** Machine time: leases, signatures, network timeouts. Never moves. */
  machine: { now(): Date };
  ids: Ids;
  secrets: {
    /** HMAC key beside each address. */
    addressKey: string;
    /** Of the spot-check coin. */
    coin: string;
    /** Signs the links of mails whose clicks are counted. */
    linkKey: string;
  };
  settings: {
    /** Where leads' browsers and mail programs reach web/, without a trailing slash. */
    publicUrl: string;
    /** How long a claim of the tick holds, machine milliseconds: longer than the model may take. */
    leaseMs: number;
    /** How long a mail may be on the wire before people are asked about it, machine milliseconds: longer than the mail server may take. */
    sendLeaseMs: number;
    /** How long after its approval a mail may still leave, business milliseconds. */
    approvalHoldsMs: number;
    /** Tokens that the model may use up within 24 hours (business time); null: no limit. */
    modelTokensPerDay: number | null;
  };
  model: Model;
  mail: MailTransport;
  webhooks: Webhooks;
  slack: SlackSurface;
  directory: Directory;
  queue: JobQueue;
  log: Log;
  /** Told once for each message that begins to stand in Slack; app.ts logs the first card with it. */
  posted?: (post: { purpose: string; subjectId: string }) => void;
};

export type Ids = {
  /** A UUID; ascending in the order of making. */
  id(): string;
  /** 128 random bits, base64url, 22 characters. */
  token(): string;
};

export type Log = {
  debug(fields: Record<string, unknown>, message: string): void;
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
};

// The model -----------------------------------------------------------------------------------------------------------

export type ModelUsage = { inputTokens: number; outputTokens: number; calls: number };

export type ModelAnswer<K extends Kind> =
  | {
      ok: true;
      content: Proposals[K];
      rationale: string;
      doubt: number | null;
      model: string;
      promptVersion: string;
      usage: ModelUsage;
    }
  | {
      ok: false;
      /** `unavailable` may be tried again later, `budget` is over for now; the others are final for these inputs. */
      problem: 'unavailable' | 'refused' | 'truncated' | 'invalid' | 'budget';
      /** For people and logs: what happened; never the model's raw text. */
      detail: string;
      model: string;
      promptVersion: string;
      usage: ModelUsage;
    };

export type ModelFailure = Extract<ModelAnswer<Kind>, { ok: false }>;

export type Model = {
  /** Never throws for what the model or the network does; at most three calls. */
  propose<K extends Kind>(kind: K, inputs: ProposalInputs, signal?: AbortSignal): Promise<ModelAnswer<K>>;
  /** Names model and prompt of a kind without calling; part of the template version. */
  version(kind: Kind): { model: string; promptVersion: string };
};

// Mail ------------------------------------------------------------------------------------------------------------------

export type MailTransport = {
  /** Connection, EHLO, STARTTLS and AUTH: everything that can fail before a row is marked. */
  open(): Promise<{ ok: true; session: MailSession } | { ok: false; retryable: boolean; detail: string }>;
};

export type MailSession = {
  /** MAIL FROM … final dot, once. Never retried by the transport. */
  send(mail: RenderedMail, messageId: string, date: Date): Promise<SendResult>;
  close(): void;
};

/** What the server's answer means. `later`: surely not accepted. `unknown`: nobody can know. */
export type SendResult =
  | { type: 'sent'; answer: string }
  | { type: 'later'; answer: string }
  | { type: 'failed'; answer: string; phase: 'mail' | 'rcpt' | 'data' | 'message' }
  | { type: 'unknown'; answer: string };

// Webhooks --------------------------------------------------------------------------------------------------------------

export type Webhooks = {
  /** One signed POST, not repeated. `id` is the same whenever the same call is made: whoever takes it can tell. Never throws. */
  post(call: { url: string; id: string; body: string }): Promise<WebhookAnswer>;
};

/** `later`: it may work when tried again. `refused`: it will not. `detail` is for people and never the answer's own text. */
export type WebhookAnswer = { type: 'done' } | { type: 'later'; detail: string } | { type: 'refused'; detail: string };

// Slack -----------------------------------------------------------------------------------------------------------------

/** A message as it should stand in Slack. `hash` covers text and blocks. */
export type SlackMessage = { text: string; blocks: unknown[]; hash: string };

export type PostResult =
  | { type: 'posted'; channel: string; ts: string }
  /** Not accepted for sure; try again after so many milliseconds of machine time. */
  | { type: 'later'; afterMs: number; detail: string }
  /** It will not work until somebody changes something (archived, not in channel, token revoked). */
  | { type: 'refused'; detail: string }
  /** Of an update: the message does not stand there any more. */
  | { type: 'gone'; detail: string }
  /** The answer was lost: it may stand there. */
  | { type: 'unknown'; detail: string };

export type SlackSurface = {
  /** Pure renderings; the engine compares hashes and never looks inside. */
  render: {
    card(facts: CardFacts): SlackMessage;
    digest(facts: DigestFacts): SlackMessage;
    notice(facts: NoticeFacts): SlackMessage;
  };
  /** One call, no retries. `marker` travels in the message's metadata and is how `find` knows it. */
  post(channel: string, message: SlackMessage, marker: string): Promise<PostResult>;
  update(channel: string, ts: string, message: SlackMessage): Promise<PostResult>;
  /** Looks for a message with this marker after a lost answer; null when it is surely not there, 'unknown' when we may not look. */
  find(channel: string, marker: string, after: Date): Promise<{ channel: string; ts: string } | null | 'unknown'>;
};

export type Person = {
  id: string;
  name: string;
  isBot: boolean;
  isGuest: boolean;
  isDeleted: boolean;
  isOurs: boolean;
  isAdmin: boolean;
};

/** Who people are, from Slack, cached for at most 60 seconds. A failure to find out throws; callers fail closed. */
export type Directory = {
  person(userId: string): Promise<Person | null>;
  groupMembers(groupId: string): Promise<string[]>;
};

// Jobs ------------------------------------------------------------------------------------------------------------------

/** Jobs are only hands: each names a row and the version it was claimed at, and does nothing when the row moved on. */
export type Job =
  | { name: 'advance'; enrollmentId: string; version: number }
  | { name: 'deliver'; messageId: string; version: number };

export type JobQueue = {
  /** In the caller's transaction: a rollback takes the jobs along. */
  send(tx: Tx, jobs: Job[]): Promise<void>;
  /** After a commit that made something due: the tick need not wait for its minute. */
  wake(): void;
};
