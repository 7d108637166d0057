import type { IncomingMessage, ServerResponse } from 'node:http';
import type { MailPrograms } from '../mail/mail-program.ts';
import type { OpenAiStandIn } from '../openai/stand-in.ts';
import { ACTIONS, BadAction, keepFile } from './actions.ts';
import { loadAssets } from './assets.ts';
import type { TimeTick } from './client/content.ts';
import { createLive } from './live.ts';
import { actOnMail, replyKind } from './mail-acts.ts';
import { mailContent, mailSummaries } from './mail-content.ts';
import { MAIL_POLICY } from './mail-document.ts';
import { createMailFrame, type MailFrame } from './mail-frame.ts';
import { createModelControl, type ModelControl } from './model-control.ts';
import { peopleSwitches, storyOf, switchPeople, type SimulatedPeople } from './people-control.ts';
import { failed, ok, readJson, sendAsset, sendDocument, sendFailure, sendJson, type Answer } from './respond.ts';
import { channelContent, workspaceContent, type Sources } from './snapshot.ts';
import { createTimeControl, type TimeControl, type TimeControls } from './time-control.ts';
import { traffic, trafficDetail } from './traffic.ts';

export type PageOptions = Sources &
  TimeControls & {
    openai: OpenAiStandIn;
    /** What leads do with their mail. */
    program: MailPrograms;
    /** Absent where nobody is simulated. */
    people?: SimulatedPeople;
  };

export type Page = {
  /** Serves `/`, `/page/*` and `/world/*`; false when the request is somebody else's. */
  handle: (req: IncomingMessage, res: ServerResponse) => Promise<boolean>;
  changed: () => void;
  close: () => void;
};

const MAILS_LISTED = 300;

/** The page and its API. Callers have checked `Host` and `Origin` before. */
export async function createPage(options: PageOptions): Promise<Page> {
  const assets = await loadAssets();
  const live = createLive();
  const tellTime = (): void => {
    const tick: TimeTick = { now: options.time.now(), time: time.content() };
    live.tell('time', tick);
  };
  const time = createTimeControl(options, options.time.now, tellTime);
  const stopHearing = options.program.onDoing(live.changed);
  const room: Room = {
    ...options,
    frame: createMailFrame(options.mail, options.program),
    timeControl: time,
    model: createModelControl(options.openai, options.time.now),
  };

  const post = async (name: string, fields: Record<string, unknown>): Promise<Answer> => {
    const answer = await act(room, name, fields);
    // What a person does in Slack is told by the workspace; what they do to the world, here.
    if (ACTIONS[name] === undefined) live.changed();
    return answer;
  };

  const world = async (req: IncomingMessage, res: ServerResponse, url: URL): Promise<void> => {
    const path = url.pathname.slice('/world/'.length);
    if (req.method === 'GET' && path === 'events') return live.serve(req, res);
    const document = req.method === 'GET' ? await room.frame(path) : null;
    if (document !== null) return sendDocument(res, MAIL_POLICY, document);
    if (req.method === 'GET') return sendJson(res, look(room, path, url.searchParams));
    if (req.method !== 'POST') return sendJson(res, failed(405, 'Only GET and POST.'));
    if (!req.headers['content-type']?.startsWith('application/json')) return sendJson(res, failed(415, 'Send JSON.'));
    sendJson(res, await post(path, await readJson(req)));
  };

  return {
    handle: async (req, res) => {
      const url = new URL(req.url ?? '/', 'http://sandbox');
      if (url.pathname.startsWith('/world/')) {
        await world(req, res, url).catch((error: unknown) => sendFailure(res, error));
        return true;
      }
      const asset = assets.get(url.pathname);
      if (asset === undefined || (req.method !== 'GET' && req.method !== 'HEAD')) return false;
      sendAsset(req, res, asset);
      return true;
    },
    changed: () => {
      options.time.noteNew(options.workspace);
      live.changed();
    },
    close: () => {
      stopHearing();
      live.close();
    },
  };
}

/** Everything that requests are answered from. */
type Room = PageOptions & { frame: MailFrame; timeControl: TimeControl; model: ModelControl };

async function act(room: Room, name: string, fields: Record<string, unknown>): Promise<Answer> {
  switch (name) {
    case 'time':
      return await room.timeControl.act(fields);
    case 'mail-act':
      return await actOnMail(room.mail.messages(), room.program, fields);
    case 'people':
      return switchPeople(room.people, fields);
    case 'model':
      return room.model.act(fields);
    case 'file':
      return ok(keepFile(room.workspace, person(room, fields['as']), fields));
    default: {
      const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
      if (!action) return failed(404, `There is no ${name}.`);
      return ok(await action(room.workspace, person(room, fields['as']), fields));
    }
  }
}

function look(room: Room, path: string, query: URLSearchParams): Answer {
  const ofMail = /^mail\/([^/]+)(\/reply)?$/.exec(path);
  if (ofMail) {
    const found = room.mail.messages().find(({ id }) => id === ofMail[1]);
    if (!found) return failed(404, 'There is no such mail.');
    return ok(
      ofMail[2] === undefined
        ? mailContent(found, room.program)
        : room.program.draft(found.id, replyKind(query.get('kind'))),
    );
  }
  switch (path) {
    case 'workspace': {
      const moves = { time: room.timeControl.content(), people: peopleSwitches(room.people) };
      return ok(workspaceContent(room, person(room, query.get('as')), moves));
    }
    case 'channel': {
      const as = person(room, query.get('as'));
      const channel = room.workspace.channels().find(({ id }) => id === query.get('channel'));
      if (!channel?.members.includes(as)) return failed(404, 'You are not in such a channel.');
      return ok(channelContent(room, as, channel.id, Math.min(1_000, Math.max(1, Number(query.get('limit')) || 60))));
    }
    case 'mail':
      return ok(mailSummaries(room.mail.messages(), room.program, MAILS_LISTED));
    case 'story':
      return ok(storyOf(room.people));
    case 'model':
      return ok(room.model.content());
    case 'traffic':
      return ok(traffic(room));
    case 'traffic-detail':
      return ok(trafficDetail(room, query.get('key') ?? ''));
    default:
      return failed(404, `There is no ${path}.`);
  }
}

function person(room: Room, id: unknown): string {
  const user = room.workspace
    .users()
    .find((candidate) => candidate.id === id && !candidate.is_bot && !candidate.deleted);
  if (!user) throw new BadAction('expected the id of a person as `as`');
  return user.id;
}
