import { z } from 'zod';
import { isZone } from './core/quiet-hours.ts';

/** Everything that can be set, from the environment (and `.env`); nothing else in `src` reads it. */
export type Config = {
  production: boolean;
  /** The app's own port: Slack's requests, webhooks, unsubscribe pages, health. */
  port: number;
  host: string;
  /** Where leads' browsers reach us, without a trailing slash. */
  publicUrl: string;
  /** PostgreSQL; null for the embedded database in `dataDir`. */
  databaseUrl: string | null;
  dataDir: string;
  workflowsDir: string;
  workspace: { name: string; timezone: string };
  logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** Null: no Slack token is set, so the sandbox is the world. */
  outside: OutsideConfig | null;
  sandbox: { port: number; seed: number };
  /** Of the webhooks for leads and for their events. */
  leadWebhookSecrets: string[];
  /** Of the events API, for clients that can't sign: each at least 24 characters. */
  leadWriteKeys: string[];
  inboundMail: InboundMailConfig;
  /** Webhook steps of workflows: what their calls are signed with, and whether they may go to private addresses. */
  outgoingWebhooks: { secret: string | null; allowPrivate: boolean };
  /** Tokens that the model may use up within 24 hours; null: no limit. */
  modelTokensPerDay: number | null;
  /** Proxies before us whose X-Forwarded-For counts; 0: whoever connects is who asks. */
  trustedProxies: number;
  /** At least 32 characters; keys of address hashes and of the spot-check coin follow from it. Null: one is made and kept in `dataDir`. */
  secretKey: string | null;
};

/** How leads' answers come in; what is left out is switched off. */
export type InboundMailConfig = { smtp?: { host: string; port: number }; secrets?: string[] };

/** The relay may sign instead; whoever does has to cover both List-Unsubscribe headers. */
export type DkimConfig = { domainName: string; keySelector: string; privateKey: string };

export type OutsideConfig = {
  slack: { botToken: string; signingSecret: string; appToken: string | null; apiUrl: string | null };
  openai: { apiKey: string; baseUrl: string | null; model: string };
  smtp: { url: string; name: string; allowInsecure: boolean; dkim: DkimConfig | null };
};

/** Settings that are missing or wrong, each with its name, its value and the remedy. */
export class ConfigError extends Error {
  readonly problems: string[];
  constructor(problems: string[]) {
    super(
      `These settings need attention:\n${problems.map((problem) => `  - ${problem}`).join('\n')}\nSee .env.example for what each one means.`,
    );
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

const port = z.coerce.number().int().min(0).max(65_535);
const httpUrl = z
  .string()
  .refine(
    (text) => /^https?:\/\/[^\s/]+/.test(text) && URL.canParse(text),
    'an address beginning with http:// or https://',
  );

const environment = z.object({
  NODE_ENV: z.string().default('development'),
  PORT: port.default(3001),
  HOST: z.string().default('127.0.0.1'),
  PUBLIC_URL: httpUrl.optional(),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'an address beginning with postgres://')
    .optional(),
  DATA_DIR: z.string().default('.data'),
  WORKFLOWS_DIR: z.string().default('workflows'),
  WORKSPACE_NAME: z.string().default('Countersign'),
  WORKSPACE_TIMEZONE: z.string().refine(isZone, 'an IANA time zone such as Europe/Berlin').default('UTC'),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  SLACK_BOT_TOKEN: z
    .string()
    .regex(/^xoxb-/, 'a bot token that begins with xoxb-')
    .optional(),
  SLACK_SIGNING_SECRET: z.string().min(16, 'the signing secret of the Slack app').optional(),
  SLACK_APP_TOKEN: z
    .string()
    .regex(/^xapp-/, 'an app-level token that begins with xapp-')
    .optional(),
  SLACK_API_URL: httpUrl.optional(),
  OPENAI_API_KEY: z.string().min(1).optional(),
  OPENAI_BASE_URL: httpUrl.optional(),
  OPENAI_MODEL: z.string().min(1).optional(),
  SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\//, 'an address beginning with smtp:// or smtps://')
    .optional(),
  SMTP_NAME: z.string().optional(),
  SMTP_ALLOW_INSECURE: z.enum(['true', 'false']).default('false'),
  SECRET_KEY: z.string().min(32, 'at least 32 characters; make one with: openssl rand -hex 32').optional(),
  LEAD_WEBHOOK_SECRETS: z.string().default(''),
  LEAD_WRITE_KEYS: z
    .string()
    .regex(
      /^\s*[A-Za-z0-9_-]{24,}\s*(,\s*[A-Za-z0-9_-]{24,}\s*)*$/,
      'keys of at least 24 letters, digits, - and _, separated by commas',
    )
    .optional(),
  INBOUND_SMTP_PORT: port.optional(),
  INBOUND_SMTP_HOST: z.string().default('127.0.0.1'),
  INBOUND_MAIL_SECRETS: z.string().default(''),
  OUTGOING_WEBHOOK_SECRET: z
    .string()
    .regex(/^whsec_[A-Za-z0-9+/]{22,}={0,2}$/, 'whsec_ and at least 16 bytes in base64')
    .optional(),
  OUTGOING_WEBHOOK_PRIVATE: z.enum(['true', 'false']).default('false'),
  MODEL_TOKENS_PER_DAY: z.coerce.number().int().min(1).optional(),
  TRUSTED_PROXIES: z.coerce.number().int().min(0).max(10).default(0),
  DKIM_DOMAIN: z.string().optional(),
  DKIM_SELECTOR: z.string().optional(),
  DKIM_PRIVATE_KEY: z
    .string()
    .regex(/BEGIN [A-Z ]*PRIVATE KEY/, 'a private key in PEM form')
    .optional(),
  SANDBOX_PORT: port.default(3000),
  SANDBOX_SEED: z.coerce.number().int().default(1),
});
type Environment = z.infer<typeof environment>;

/** @throws ConfigError that names every setting that is missing or wrong. */
export function readConfig(env: Record<string, string | undefined>): Config {
  // An empty line in .env means "not set".
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''));
  const parsed = environment.safeParse(set);
  if (!parsed.success)
    throw new ConfigError(
      parsed.error.issues.map((issue) => {
        const name = String(issue.path[0]);
        const secret = /TOKEN|SECRET|KEY|URL/.test(name);
        return `${name} is ${secret ? 'not what it should be' : `“${set[name]}”`}: expected ${issue.message.replace(/^Invalid (?:input|option): expected /, '')}`;
      }),
    );
  const values = parsed.data;
  const production = values.NODE_ENV === 'production';
  const problems = [...missingOutside(values), ...(production ? productionProblems(values) : [])];
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    production,
    port: values.PORT,
    host: values.HOST,
    publicUrl: (values.PUBLIC_URL ?? `http://127.0.0.1:${values.PORT}`).replace(/\/+$/, ''),
    databaseUrl: values.DATABASE_URL ?? null,
    dataDir: values.DATA_DIR,
    workflowsDir: values.WORKFLOWS_DIR,
    workspace: { name: values.WORKSPACE_NAME, timezone: values.WORKSPACE_TIMEZONE },
    logLevel: values.LOG_LEVEL,
    outside: values.SLACK_BOT_TOKEN === undefined ? null : outsideOf(values),
    sandbox: { port: values.SANDBOX_PORT, seed: values.SANDBOX_SEED },
    trustedProxies: values.TRUSTED_PROXIES,
    secretKey: values.SECRET_KEY ?? null,
    leadWebhookSecrets: listOf(values.LEAD_WEBHOOK_SECRETS),
    leadWriteKeys: listOf(values.LEAD_WRITE_KEYS ?? ''),
    inboundMail: inboundMailOf(values),
    outgoingWebhooks: {
      secret: values.OUTGOING_WEBHOOK_SECRET ?? null,
      allowPrivate: values.OUTGOING_WEBHOOK_PRIVATE === 'true',
    },
    modelTokensPerDay: values.MODEL_TOKENS_PER_DAY ?? null,
  };
}

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
}

function inboundMailOf(values: Environment): InboundMailConfig {
  const secrets = listOf(values.INBOUND_MAIL_SECRETS);
  return {
    ...(values.INBOUND_SMTP_PORT === undefined
      ? {}
      : { smtp: { host: values.INBOUND_SMTP_HOST, port: values.INBOUND_SMTP_PORT } }),
    ...(secrets.length === 0 ? {} : { secrets }),
  };
}

/** Outside settings as the sandbox hands them out; the same parser as for real ones. */
export function outsideFrom(env: Record<string, string>): OutsideConfig {
  return outsideOf(environment.parse(env));
}

function outsideOf(values: Environment): OutsideConfig {
  return {
    slack: {
      botToken: values.SLACK_BOT_TOKEN ?? '',
      signingSecret: values.SLACK_SIGNING_SECRET ?? '',
      appToken: values.SLACK_APP_TOKEN ?? null,
      apiUrl: values.SLACK_API_URL ?? null,
    },
    openai: {
      apiKey: values.OPENAI_API_KEY ?? '',
      baseUrl: values.OPENAI_BASE_URL ?? null,
      model: values.OPENAI_MODEL ?? 'countersign-sandbox-templates',
    },
    smtp: {
      url: values.SMTP_URL ?? '',
      name: values.SMTP_NAME ?? 'localhost',
      allowInsecure: values.SMTP_ALLOW_INSECURE === 'true',
      dkim: dkimOf(values),
    },
  };
}

function dkimOf({
  DKIM_DOMAIN: domainName,
  DKIM_SELECTOR: keySelector,
  DKIM_PRIVATE_KEY: key,
}: Environment): DkimConfig | null {
  if (domainName === undefined || keySelector === undefined || key === undefined) return null;
  // An .env file holds one line: line breaks are written as \n there.
  return { domainName, keySelector, privateKey: key.replaceAll('\\n', '\n') };
}

/** With a Slack token nothing may be missing; without one, nothing else of the outside may be half set. */
function missingOutside(values: Environment): string[] {
  if (values.SLACK_BOT_TOKEN === undefined) {
    const stray = (['SLACK_SIGNING_SECRET', 'SLACK_APP_TOKEN', 'SLACK_API_URL'] as const).filter(
      (name) => values[name] !== undefined,
    );
    return stray.map((name) => `${name} is set but SLACK_BOT_TOKEN is not: set both, or neither to run in the sandbox`);
  }
  const problems: string[] = [];
  const need = (name: keyof Environment, what: string) => {
    if (values[name] === undefined) problems.push(`${name} is missing: ${what}`);
  };
  if (values.SLACK_APP_TOKEN === undefined)
    need('SLACK_SIGNING_SECRET', 'the signing secret of the Slack app (or SLACK_APP_TOKEN for Socket Mode)');
  const dkim = (['DKIM_DOMAIN', 'DKIM_SELECTOR', 'DKIM_PRIVATE_KEY'] as const).filter(
    (name) => values[name] !== undefined,
  );
  if (dkim.length > 0 && dkim.length < 3)
    problems.push(
      `${dkim.join(' and ')} alone is not enough: DKIM needs all three of DKIM_DOMAIN, DKIM_SELECTOR and DKIM_PRIVATE_KEY, or none`,
    );
  need('OPENAI_API_KEY', 'the key of the OpenAI-compatible endpoint');
  need('OPENAI_MODEL', 'a dated model name, so that a new model never comes in unnoticed');
  need('SMTP_URL', 'the mail server, such as smtp://user:password@host:587');
  need('SMTP_NAME', 'the host name this program says in EHLO, such as mail.example.com');
  need('PUBLIC_URL', 'where leads reach the unsubscribe page, such as https://mail.example.com');
  need('SECRET_KEY', 'at least 32 characters; make one with: openssl rand -hex 32');
  return problems;
}

function productionProblems(values: Environment): string[] {
  const problems: string[] = [];
  if (values.DATABASE_URL === undefined)
    problems.push(
      'DATABASE_URL is missing: the embedded database is for trying out and is refused when NODE_ENV=production',
    );
  if (values.SLACK_BOT_TOKEN === undefined)
    problems.push('SLACK_BOT_TOKEN is missing: the sandbox is refused when NODE_ENV=production');
  if (values.PUBLIC_URL !== undefined && !values.PUBLIC_URL.startsWith('https://'))
    problems.push(`PUBLIC_URL is “${values.PUBLIC_URL}”: mail programs ask for https:// in one-click unsubscribe`);
  return problems;
}
