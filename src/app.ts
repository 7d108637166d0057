import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createModel } from './ai/openai-model.ts';
import type { Config, OutsideConfig } from './config.ts';
import { formatProblem, parseWorkflow } from './core/workflow-yaml.ts';
import type { Workflow } from './core/workflow.ts';
import { type Database, openDatabase, transact } from './db/client.ts';
import { ensureWorkspace } from './db/workspaces.ts';
import { createMailTransport } from './email/transport.ts';
import { advance } from './engine/advance.ts';
import { answerRaise } from './engine/answer-raise.ts';
import { mayDecideOn } from './engine/approvers.ts';
import { controlAutonomy } from './engine/autonomy-controls.ts';
import { autonomyStatus } from './engine/autonomy-status.ts';
import { blameMail } from './engine/blame-mail.ts';
import { cardFacts } from './engine/card.ts';
import { closeTask } from './engine/close-task.ts';
import type { Context, Log } from './engine/context.ts';
import { deliver } from './engine/deliver.ts';
import { enrollByHand } from './engine/enroll-by-hand.ts';
import { factsAsked, fillFacts } from './engine/fill-facts.ts';
import { claimInstallation } from './engine/installation.ts';
import { workflowList } from './engine/list-workflows.ts';
import { lastMoment, showAnew } from './engine/new-slack.ts';
import { resumeLead } from './engine/account-pause.ts';
import { pause, resume } from './engine/pause.ts';
import { publishWorkflow } from './engine/publish-workflow.ts';
import { removeByHand } from './engine/remove-by-hand.ts';
import { releaseImport } from './engine/release-import.ts';
import { resolveUncertain } from './engine/resolve-uncertain.ts';
import { pauseSuggestion, reviewerNumbers } from './engine/reviewer-numbers.ts';
import { settleDecision } from './engine/settle.ts';
import { showWorkflow } from './engine/show-workflow.ts';
import { mayOperate, mayRead, workflowStatus } from './engine/status.ts';
import { unsubscribeByToken, unsubscribeLinkKnown } from './engine/suppress.ts';
import { postAgain } from './engine/missing-post.ts';
import { syncCard, syncCards } from './engine/sync-cards.ts';
import { undoImport } from './engine/undo-import.ts';
import { undoApproval } from './engine/undo.ts';
import { wentOut } from './engine/went-out.ts';
import { whyLead } from './engine/why-lead.ts';
import { workflowLeads } from './engine/workflow-leads.ts';
import { createDrain } from './drain.ts';
import { createIds } from './ids.ts';
import { listenForMail } from './inbound-listener.ts';
import { keptSecret, keysFrom } from './secret-key.ts';
import { startClock, type Clock } from './jobs/clock.ts';
import { startQueue } from './jobs/queue.ts';
import { drawWorkflowMap } from './pictures/workflow-map.ts';
import { StartError } from './start-error.ts';
import { connectSlack, type SlackConnection } from './slack/connect.ts';
import type { SlackVerbs } from './slack/verbs.ts';
import { clickRoutes, noteUnsubscribeLook } from './web/click.ts';
import { eventWebhook } from './web/event-webhook.ts';
import { eventsApi } from './web/events-api.ts';
import { healthRoutes } from './web/health.ts';
import { inboundMailWebhook } from './web/inbound-mail.ts';
import { leadWebhook } from './web/lead-webhook.ts';
import { segmentApi } from './web/segment-api.ts';
import { createWebhookCaller } from './web/webhook-caller.ts';
import { createWebServer, type WebServer } from './web/server.ts';
import { unsubscribeRoutes } from './web/unsubscribe.ts';

export type AppOptions = {
  config: Config;
  outside: OutsideConfig;
  log: Log;
  /** Business time; the machine's in production. */
  clock: { now(): Date; jumpTo?(at: Date): void };
  /** Source of chance for ids and tokens; the machine's when left out. */
  bytes?: (size: number) => Buffer;
  /** `false` leaves clock and workers off: whoever drives calls `drain`. */
  selfDriving?: boolean;
  /** Slack is new and empty beside the database: what still asks is shown again, and a movable clock goes on where it was. */
  newSlack?: boolean;
  /** A database that is open already. */
  database?: Database;
};

export type App = {
  ctx: Context;
  url: string;
  /** Where leads' answers are delivered, `smtp://127.0.0.1:2525`; null where that is switched off. */
  inboundSmtp: string | null;
  /** Does all that is due now, until nothing is; answers how many things that were. */
  drain(): Promise<number>;
  /** The first moment after now at which something is planned, or null. */
  nextDue(): Promise<Date | null>;
  stop(): Promise<void>;
};

const DAY = 86_400_000;

/** Wires the whole program: the only file that knows every room. */
export async function startApp(options: AppOptions): Promise<App> {
  const { config, outside, log } = options;
  const machine = { now: () => new Date() };
  const ids = createIds(() => options.clock.now(), options.bytes ?? randomBytes);
  const workflows = readWorkflows(config.workflowsDir);
  const stops: Array<() => Promise<unknown>> = [];
  try {
    const database =
      options.database ??
      (await openDatabase(
        config.databaseUrl
          ? { engine: 'postgres', url: config.databaseUrl }
          : { engine: 'pglite', directory: config.dataDir },
      ));
    stops.push(() => database.close());
    const workspace = await transact(database.db, (tx) =>
      ensureWorkspace(tx, {
        id: ids.id(),
        name: config.workspace.name,
        timezone: config.workspace.timezone,
        now: options.clock.now(),
      }),
    );
    const secrets = keysFrom(config.secretKey ?? (await keptSecret(config.dataDir)));
    const world = outside.slack.apiUrl === null ? 'slack' : 'sandbox';
    await claimInstallation(database.db, {
      workspaceId: workspace.id,
      addressKey: secrets.addressKey,
      world,
      now: options.clock.now(),
    });
    // The web server listens first: Slack's clicks reach the process, and are answered, from its first moment.
    const late: { clock: Clock | null; slack: SlackConnection | null } = { clock: null, slack: null };
    const queue = await startQueue({
      jobs: database.jobs,
      backend: database.engine,
      log,
      handlers: () => ({ advance: (job) => advance(ctx, job), deliver: (job) => deliver(ctx, job) }),
      onWake: () => nudgeAll(late.clock),
    });
    stops.push(() => queue.stop());
    const webhooks = createWebhookCaller({ ...config.outgoingWebhooks, timeoutMs: 15_000, machine });
    stops.push(() => webhooks.close());
    const slack = await connectSlack(outside.slack, { log, clock: options.clock, machine });
    const ctx: Context = {
      db: database.db,
      workspaceId: workspace.id,
      clock: options.clock,
      machine,
      ids,
      secrets,
      settings: {
        publicUrl: config.publicUrl,
        leaseMs: 120_000,
        sendLeaseMs: 50_000,
        approvalHoldsMs: 7 * DAY,
        modelTokensPerDay: config.modelTokensPerDay,
      },
      model: modelOf(outside, log),
      mail: createMailTransport({
        ...mailSettings(outside),
        timeouts: { connect: 10_000, greeting: 10_000, socket: 30_000, delivery: 45_000 },
      }),
      webhooks,
      slack: slack.surface,
      directory: slack.directory,
      queue,
      log,
      posted: firstCardLog(log),
    };
    if (options.newSlack) {
      const last = await lastMoment(ctx);
      if (last) options.clock.jumpTo?.(last);
      await showAnew(ctx);
    }
    slack.listen(verbsOf(ctx));
    for (const workflow of workflows) await publishWorkflow(ctx, workflow, 'system:start');
    const web = webServer(ctx, config, slack, database);
    const port = await listen(web, config);
    stops.push(() => web.close());
    const url = `http://${config.host}:${port}`;
    if (config.publicUrl.endsWith(':0')) ctx.settings.publicUrl = url;
    const inbound = await listenForMail(ctx, config.inboundMail);
    if (inbound) stops.push(() => inbound.close());
    await slack.start();
    stops.push(() => slack.stop());
    if (options.selfDriving !== false) {
      await queue.work();
      late.clock = startClock(ctx, log);
      const { clock } = late;
      stops.push(() => clock.stop());
    }
    log.info(
      {
        url,
        inboundSmtp: inbound?.url ?? null,
        database: database.engine,
        slack: slack.health().transport,
        workflows: workflows.map(({ name }) => name),
      },
      'listening',
    );
    return {
      ctx,
      url,
      inboundSmtp: inbound?.url ?? null,
      ...createDrain(ctx, queue),
      stop: () => stopAll(stops),
    };
  } catch (error) {
    await stopAll(stops);
    throw error;
  }
}

async function listen(web: WebServer, { port, host }: Config): Promise<number> {
  try {
    return await web.listen(port, host);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
      throw new StartError(`Port ${port} is taken, so the app can't listen there. Set PORT to a free port.`, {
        cause: error,
      });
    throw error;
  }
}

function mailSettings({ smtp: { dkim, ...smtp } }: OutsideConfig) {
  return { ...smtp, ...(dkim === null ? {} : { dkim }) };
}

function modelOf({ openai }: OutsideConfig, log: Log): Context['model'] {
  const { apiKey, baseUrl, model } = openai;
  return createModel({ apiKey, model, ...(baseUrl === null ? {} : { baseUrl }), timeoutMs: 30_000, log });
}

async function stopAll(stops: Array<() => Promise<unknown>>): Promise<void> {
  for (const stop of stops.splice(0).toReversed()) await stop();
}

function nudgeAll(clock: Clock | null): void {
  clock?.nudge('tick');
  clock?.nudge('sync-cards');
}

function firstCardLog(log: Log): (post: { purpose: string }) => void {
  let first = true;
  return ({ purpose }) => {
    if (!first || purpose !== 'card') return;
    first = false;
    log.info({ seconds: Number(process.uptime().toFixed(2)) }, 'first card posted');
  };
}

/** @throws Error with every problem of every file. */
function readWorkflows(directory: string): Workflow[] {
  const files = readdirSync(directory)
    .filter((name) => /\.ya?ml$/.test(name))
    .sort();
  if (files.length === 0)
    throw new StartError(`There is no workflow in ${directory}: put a .yaml file there, or set WORKFLOWS_DIR.`);
  const parsed = files.map((name) => parseWorkflow(readFileSync(join(directory, name), 'utf8'), join(directory, name)));
  const problems = parsed.flatMap((result) => (result.ok ? [] : result.problems));
  if (problems.length > 0)
    throw new StartError(
      `These workflows can't be used:\n${problems.map((problem) => `  ${formatProblem(problem)}`).join('\n')}`,
    );
  return parsed.flatMap((result) => (result.ok ? [result.workflow] : []));
}

function verbsOf(ctx: Context): SlackVerbs {
  return {
    settleDecision: (input) => settleDecision(ctx, input),
    cardFacts: (id) => cardFacts(ctx, id),
    syncCard: (id) => syncCard(ctx, id),
    syncCards: () => syncCards(ctx),
    undoApproval: (input) => undoApproval(ctx, input),
    resolveUncertain: (input) => resolveUncertain(ctx, input),
    blameMail: (input) => blameMail(ctx, input),
    closeTask: (input) => closeTask(ctx, input),
    pause: (input) => pause(ctx, input),
    resume: (input) => resume(ctx, input),
    resumeLead: (input) => resumeLead(ctx, input),
    workflowStatus: () => workflowStatus(ctx),
    autonomyStatus: (workflow) => autonomyStatus(ctx, workflow),
    controlAutonomy: (input) => controlAutonomy(ctx, input),
    answerRaise: (input) => answerRaise(ctx, input),
    wentOut: (input) => wentOut(ctx, input),
    workflowList: () => workflowList(ctx),
    showWorkflow: (name) => showWorkflow(ctx, name),
    drawMap: ({ workflow, version, counts }) => drawWorkflowMap({ workflow, version, counts }),
    workflowLeads: (input) => workflowLeads(ctx, input),
    whyLead: (email) => whyLead(ctx, email),
    enrollByHand: (input) => enrollByHand(ctx, input),
    removeByHand: (input) => removeByHand(ctx, input),
    mayRead: (userId) => mayRead(ctx, userId),
    mayOperate: (userId) => mayOperate(ctx, userId),
    factsAsked: (place) => factsAsked(ctx.db, place),
    fillFacts: (input) => fillFacts(ctx, input),
    answerImport: async ({ batchId, answer, userId }) => {
      if (!(await mayOperate(ctx, userId))) return { ok: false, text: 'Only approvers can do this.' };
      const by = `person:${userId}`;
      return answer === 'release' ? releaseImport(ctx, { batchId, by }) : undoImport(ctx, { id: batchId, by });
    },
    reviewerNumbers: (userId) => reviewerNumbers(ctx, userId),
    pauseSuggestion: (input) => pauseSuggestion(ctx, input),
    mayDecideOn: (decisionId, userId) => mayDecideOn(ctx, decisionId, userId),
    postAgain: async ({ postId, userId }) =>
      (await mayOperate(ctx, userId))
        ? postAgain(ctx, postId, userId)
        : { ok: false, text: 'Only approvers can do this.' },
  };
}

function webServer(ctx: Context, config: Config, slack: SlackConnection, database: Database): WebServer {
  return createWebServer({
    routes: [
      ...unsubscribeRoutes({
        known: (token) => unsubscribeLinkKnown(ctx, token),
        unsubscribe: (token, via) => unsubscribeByToken(ctx, { token, via }),
        looked: (token, request) => noteUnsubscribeLook(ctx, token, request),
      }),
      ...clickRoutes(ctx),
      leadWebhook(ctx, { secrets: config.leadWebhookSecrets }),
      eventWebhook(ctx, { secrets: config.leadWebhookSecrets }),
      ...eventsApi(ctx, { secrets: config.leadWebhookSecrets, writeKeys: config.leadWriteKeys }),
      ...segmentApi(ctx, { secrets: config.leadWebhookSecrets, writeKeys: config.leadWriteKeys }),
      inboundMailWebhook(ctx, { secrets: config.inboundMail.secrets ?? [] }),
      ...healthRoutes({
        log: ctx.log,
        checks: [
          { name: 'database', check: async () => ((await database.db.execute('select 1')) ? null : 'no answer') },
          { name: 'slack', check: async () => (slack.health().connected ? null : 'the socket is not connected') },
        ],
      }),
    ],
    machine: ctx.machine,
    limits: { proxies: config.trustedProxies },
    ...(slack.requestListener ? { slack: slack.requestListener } : {}),
    log: ctx.log,
  });
}
