import { createServer, type Server } from 'node:http';
import manifest from '../../manifest.json' with { type: 'json' };
import { assertAllAcked } from '../../sandbox/slack/driver.ts';
import { createSlackStandIn, type SlackStandIn, type SlackStandInOptions } from '../../sandbox/slack/stand-in.ts';
import type { SlackWorkspace } from '../../sandbox/slack/workspace.ts';
import { contentHash } from '../../src/core/canonical-json.ts';
import { type Actor, settle } from '../../src/core/decision.ts';
import { rulesOf } from '../../src/core/kinds/rules.ts';
import type { CardFacts } from '../../src/engine/card-facts.ts';
import type { SettleInput, SettleResult } from '../../src/engine/settlement.ts';
import { connectSlack, SLACK_PATH, type SlackConnection } from '../../src/slack/connect.ts';
import type { SlackVerbs } from '../../src/slack/verbs.ts';
import { autonomyFacts, noon, numbersFacts, settledBy, statusFacts, wentOut } from './facts.ts';

import { leadsFacts, listFacts, shownFacts, storyFacts } from './workflow-facts.ts';

/** The real Bolt app and the real clients against the stand-in over the wire; behind them decisions in memory and the real rule book. */

export const channel = '#nurture-emails';

export type Desk = {
  slack: SlackWorkspace;
  connection: SlackConnection;
  verbs: SlackVerbs;
  /** Changed by verdicts, as rows would be. */
  decisions: Map<string, CardFacts>;
  settled: SettleInput[];
  calls: Array<{ verb: string; input: unknown }>;
  logged: Array<{ level: string; message: string }>;
  approvers: string[];
  now: Date;
  machineNow: (() => Date) | null;
  /** Puts a decision on a card and answers with its ts. */
  show(facts: CardFacts): Promise<string>;
  card(ts: string): { text: string; blocks: unknown[] };
  /** Throws unless whatever a person did was answered once and in time. */
  close(): Promise<void>;
};

const ONE_PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

type DeskOptions = {
  /** Why something stays unanswered here on purpose. */
  unanswered?: string;
  transport?: 'http' | 'socket';
  standIn?: Partial<SlackStandInOptions>;
  verbs?: Partial<SlackVerbs>;
};

export async function openDesk(options: DeskOptions = {}): Promise<Desk> {
  const transport = options.transport ?? 'http';
  let appPort = 0;
  let handle: SlackConnection['requestListener'] = null;
  const app = createServer((request, response) => {
    if (handle === null || request.url !== SLACK_PATH) response.writeHead(404).end();
    else handle(request, response);
  });
  appPort = await listen(app);
  const standIn = createSlackStandIn({
    manifest,
    delivery:
      transport === 'socket'
        ? { mode: 'socket' }
        : { mode: 'http', url: () => `http://127.0.0.1:${appPort}${SLACK_PATH}` },
    ...options.standIn,
  });
  const slackServer = serve(standIn);
  const slackPort = await listen(slackServer);
  const desk = {
    decisions: new Map<string, CardFacts>(),
    settled: [],
    calls: [],
    logged: [],
    approvers: ['U0ANA', 'U0BEN'],
    now: noon,
    machineNow: null,
  } as Pick<Desk, 'decisions' | 'settled' | 'calls' | 'logged' | 'approvers' | 'now' | 'machineNow'>;
  const log = (level: string) => (_fields: Record<string, unknown>, message: string) =>
    void desk.logged.push({ level, message });
  const connection = await connectSlack(
    {
      botToken: standIn.credentials.botToken,
      signingSecret: standIn.credentials.signingSecret,
      appToken: transport === 'socket' ? standIn.credentials.appToken : null,
      apiUrl: `http://127.0.0.1:${slackPort}/slack/api/`,
    },
    {
      log: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
      clock: { now: () => desk.now },
      machine: { now: () => desk.machineNow?.() ?? new Date() },
    },
  );
  handle = connection.requestListener;
  const posts = new Map<string, { channel: string; ts: string }>();
  const verbs = { ...inMemory(desk, connection, posts), ...options.verbs };
  connection.listen(verbs);
  await connection.start();
  return Object.assign(desk, {
    slack: standIn.workspace,
    connection,
    verbs,
    async show(facts: CardFacts) {
      desk.decisions.set(facts.decisionId, facts);
      await verbs.syncCard(facts.decisionId);
      const post = posts.get(facts.decisionId);
      if (!post) throw new Error('the card was not posted');
      return post.ts;
    },
    card(ts: string) {
      const found = standIn.workspace.messages(channel).find((message) => message.ts === ts);
      if (!found) throw new Error(`no message ${ts}`);
      return { text: found.text, blocks: found.blocks ?? [] };
    },
    async close() {
      await connection.stop();
      await standIn.close();
      for (const server of [app, slackServer]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
      if (options.unanswered === undefined) assertAllAcked(standIn.workspace);
    },
  });
}

type Rows = Pick<Desk, 'decisions' | 'settled' | 'calls' | 'approvers' | 'now'>;

function inMemory(
  rows: Rows,
  { surface }: SlackConnection,
  posts: Map<string, { channel: string; ts: string }>,
): SlackVerbs {
  const called = (verb: string, input: unknown): void => void rows.calls.push({ verb, input });
  return {
    settleDecision: async (input) => settleInMemory(rows, input),
    cardFacts: async (id) => rows.decisions.get(id) ?? null,
    async syncCard(id) {
      const facts = rows.decisions.get(id);
      if (!facts) return;
      const message = surface.render.card(facts);
      const at = posts.get(id);
      const result = at ? await surface.update(at.channel, at.ts, message) : await surface.post(channel, message, id);
      if (result.type === 'posted') posts.set(id, result);
    },
    syncCards: async () => 0,
    async undoApproval({ decisionId, actor }) {
      called('undoApproval', { decisionId, actor });
      const facts = rows.decisions.get(decisionId);
      if (!facts?.message?.canUndo) return { ok: false, text: 'The mail has left already.' };
      rows.decisions.set(decisionId, {
        ...facts,
        message: { ...facts.message, status: 'cancelled', reason: 'it was undone', canUndo: false },
        undone: { by: actor.id, at: rows.now },
      });
      return { ok: true };
    },
    async resolveUncertain(input) {
      called('resolveUncertain', input);
      return { ok: true, status: 'sent' };
    },
    async postAgain(input) {
      called('postAgain', input);
      return { ok: true };
    },
    async blameMail(input) {
      called('blameMail', input);
      return { ok: true };
    },
    async factsAsked(place) {
      called('factsAsked', place);
      return {
        leadName: 'Lee Young',
        leadEmail: 'lee@acme.example',
        workflow: 'whitepaper-nurture',
        missing: ['company', 'timezone'],
        open: true,
      };
    },
    async fillFacts(input) {
      called('fillFacts', input);
      return input.values['timezone'] === 'Mars'
        ? { ok: false, text: 'Some of it can’t be used.', fields: { timezone: 'not a time zone' } }
        : { ok: true };
    },
    async answerImport(input) {
      called('answerImport', input);
      return { ok: true };
    },
    async closeTask(input) {
      called('closeTask', input);
      return { ok: true };
    },
    async pause(input) {
      called('pause', input);
      return input.name === 'all' || input.name === 'whitepaper-nurture'
        ? { ok: true, changed: [input.name] }
        : { ok: false, text: `There is no workflow “${input.name}”.`, known: ['whitepaper-nurture'] };
    },
    async resumeLead(input) {
      called('resumeLead', input);
      return { ok: true, email: input.email, resumed: 1 };
    },
    async resume(input) {
      called('resume', input);
      return { ok: true, changed: [] };
    },
    workflowStatus: async () => statusFacts,
    async autonomyStatus(workflow) {
      called('autonomyStatus', workflow);
      return workflow === null || workflow === 'whitepaper-nurture'
        ? { ok: true, facts: { ...autonomyFacts, workflow } }
        : { ok: false, text: `There is no workflow “${workflow}”. Did you mean whitepaper-nurture?` };
    },
    async controlAutonomy(input) {
      called('controlAutonomy', input);
      return { ok: true, address: input.order.place, text: `${input.order.place}: Frozen by \uE000U0ANA\uE001.` };
    },
    async answerRaise(input) {
      called('answerRaise', input);
      return rows.approvers.includes(input.userId)
        ? { ok: true, address: 'whitepaper-nurture/first-mail', text: 'done' }
        : { ok: false, code: 'not_allowed', text: 'Only approvers of these decisions may do this.', remedy: null };
    },
    async wentOut(input) {
      called('wentOut', input);
      return wentOut;
    },
    workflowList: async () => listFacts,
    async showWorkflow(name) {
      return name === 'whitepaper-nurture'
        ? { ok: true, shown: shownFacts() }
        : { ok: false, text: `There is no workflow “${name}”. Did you mean whitepaper-nurture?` };
    },
    drawMap: async () => ({ png: ONE_PIXEL, altText: 'Map of the workflow whitepaper-nurture, version 3.' }),
    async workflowLeads(input) {
      called('workflowLeads', input);
      return { ok: true, facts: leadsFacts };
    },
    async whyLead(email) {
      called('whyLead', email);
      return { ok: true, story: storyFacts };
    },
    async enrollByHand(input) {
      called('enrollByHand', input);
      return { ok: true, workflow: input.name, email: input.email, step: 'score', arm: 'ai', paused: false };
    },
    async removeByHand(input) {
      called('removeByHand', input);
      return {
        ok: true,
        workflow: input.name,
        email: input.email,
        step: 'score',
        withdrawn: true,
        cancelled: 1,
        onTheirWay: 0,
      };
    },
    mayRead: async (id) => id !== 'U0GUEST',
    mayOperate: async (id) => rows.approvers.includes(id),
    reviewerNumbers: async () => numbersFacts,
    pauseSuggestion: async () => null,
    mayDecideOn: async (_decisionId, id) => ({ may: rows.approvers.includes(id), approvers: rows.approvers }),
  };
}

function settleInMemory(rows: Rows, input: SettleInput): SettleResult {
  const facts = rows.decisions.get(input.decisionId);
  if (!facts)
    return {
      ok: false,
      refusal: { code: 'unknown_decision', text: 'This decision does not exist any more.' },
      settledBy: null,
      approvers: [],
    };
  const { request, actor } = input;
  const content = request.verdict === 'edit' ? request.content : facts.content;
  const findings =
    content === null ? [] : rulesOf(facts.kind).guardrails(rulesOf(facts.kind).schema.parse(content), inputsOf(facts));
  const answer = settle(
    {
      status: facts.status,
      version: facts.proposalVersion,
      hash: facts.proposalHash,
      hasProposal: facts.content !== null,
      mayDecide: mayDecide(rows, actor),
      findings,
      hashNow: facts.proposalHash,
      deadlineAt: facts.deadlineAt,
    },
    request,
    actor,
    rows.now,
  );
  if (!answer.ok) {
    const by = facts.settled === null ? null : { ...facts.settled.by, at: facts.settled.at, status: facts.status };
    return { ok: false, refusal: answer.refusal, settledBy: by, approvers: rows.approvers };
  }
  rows.settled.push(input);
  const edited =
    request.verdict === 'edit'
      ? {
          content: content as Record<string, unknown>,
          proposalVersion: facts.proposalVersion + 1,
          proposalHash: contentHash(content),
        }
      : {};
  const rejected = request.verdict === 'reject' ? { reasons: request.reasons, note: request.note } : {};
  rows.decisions.set(facts.decisionId, {
    ...facts,
    ...edited,
    status: answer.status,
    settled: { ...settledBy(actor.id, { verdict: request.verdict, at: rows.now }), ...rejected },
  });
  return { ok: true, decisionId: facts.decisionId, status: answer.status, messageId: null };
}

function mayDecide(rows: Rows, actor: Actor): boolean {
  return actor.type === 'person' && rows.approvers.includes(actor.id);
}

function inputsOf(facts: CardFacts) {
  return {
    workflow: facts.workflow,
    workflowVersion: 1,
    step: facts.step,
    brief: '',
    lead: facts.lead,
    priorMails: facts.priorMails,
    facts: [],
    allowedLinks: [],
    tone: '',
    sender: { name: 'Nora', company: 'North' },
    lessons: [],
  };
}

function serve(standIn: SlackStandIn): Server {
  const server = createServer((request, response) => {
    void standIn.handle(request, response).then((mine) => (mine ? undefined : response.writeHead(404).end()));
  });
  server.on('upgrade', (request, socket, head) => {
    if (!standIn.upgrade(request, socket, head)) socket.destroy();
  });
  return server;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen on a port');
  return address.port;
}
