import type { SlackWorkspace } from '../slack/workspace.ts';
import type { Outcome } from './client/content.ts';

/** What a person does in the page, by name: each field is checked here, since it came over HTTP. */
type Fields = Record<string, unknown>;
type Act = (workspace: SlackWorkspace, as: string, fields: Fields) => Promise<Outcome>;

/** A request that makes no sense; the message goes to whoever sent it. */
export class BadAction extends Error {}

export const ACTIONS: Record<string, Act> = {
  click: async (workspace, as, fields) =>
    outcome(
      await workspace.click({
        user: as,
        channel: text(fields, 'channel'),
        ts: text(fields, 'ts'),
        actionId: text(fields, 'actionId'),
        ...optional(fields, 'blockId'),
        ...chosen(fields),
        state: values(fields),
      }),
    ),
  'click-in-view': async (workspace, as, fields) =>
    outcome(
      await workspace.clickInView({
        user: as,
        viewId: text(fields, 'viewId'),
        actionId: text(fields, 'actionId'),
        ...optional(fields, 'blockId'),
        ...chosen(fields),
        state: values(fields),
      }),
    ),
  submit: async (workspace, as, fields) =>
    outcome(await workspace.submit({ user: as, viewId: text(fields, 'viewId'), values: values(fields) })),
  'close-view': async (workspace, as, fields) => {
    await workspace.closeView({ user: as, viewId: text(fields, 'viewId'), all: fields['all'] === true });
    return DONE;
  },
  suggest: async (workspace, as, fields) =>
    outcome(
      await workspace.suggest({
        user: as,
        ...standing(fields),
        actionId: text(fields, 'actionId'),
        ...optional(fields, 'blockId'),
        value: text(fields, 'value'),
      }),
    ),
  slash: async (workspace, as, fields) =>
    outcome(await workspace.slash({ user: as, channel: text(fields, 'channel'), text: text(fields, 'text') })),
  say: async (workspace, as, fields) => {
    const delivery = await workspace.say({
      user: as,
      channel: text(fields, 'channel'),
      text: text(fields, 'text'),
      ...optional(fields, 'threadTs'),
    });
    return delivery ? outcome(delivery) : DONE;
  },
  shortcut: async (workspace, as, fields) =>
    outcome(
      await workspace.shortcut({
        user: as,
        callbackId: text(fields, 'callbackId'),
        ...optional(fields, 'channel'),
        ...optional(fields, 'ts'),
      }),
    ),
  home: async (workspace, as) => outcome(await workspace.openHome({ user: as })),
};

/** For what the app is not told of. */
const DONE: Outcome = { acked: true, ackMs: 0, error: null, errors: {}, options: [] };

/** Keeps a file for a form; answers its id. The bytes come in base64. */
export function keepFile(workspace: SlackWorkspace, as: string, fields: Fields): { id: string } {
  return workspace.keepFile({
    user: as,
    name: text(fields, 'name'),
    bytes: Buffer.from(text(fields, 'base64'), 'base64'),
  });
}

/** In a view or in a message. */
function standing(fields: Fields): { viewId: string } | { channel: string; ts: string } {
  const { viewId } = fields;
  return typeof viewId === 'string' ? { viewId } : { channel: text(fields, 'channel'), ts: text(fields, 'ts') };
}

type Answered = { acked: boolean; ackMs: number; body?: unknown; error?: string; errors?: Record<string, string> };

function outcome(delivery: Answered): Outcome {
  const body: Fields = typeof delivery.body === 'object' && delivery.body !== null ? { ...delivery.body } : {};
  return {
    acked: delivery.acked,
    ackMs: delivery.ackMs,
    error: delivery.error ?? null,
    errors: delivery.errors ?? {},
    options: Array.isArray(body['options']) ? body['options'] : [],
  };
}

function text(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== 'string') throw new BadAction(`expected a text as ${name}`);
  return value;
}

function optional<N extends string>(fields: Fields, name: N): Partial<Record<N, string>> {
  const value = fields[name];
  if (value === undefined || value === null) return {};
  const given: Partial<Record<N, string>> = {};
  given[name] = text(fields, name);
  return given;
}

/** What was chosen: one thing, or all that is chosen where several may be. */
function chosen(fields: Fields): { value?: string | string[] } {
  const { value } = fields;
  if (Array.isArray(value)) return { value: value.map(String) };
  return optional(fields, 'value');
}

function values(fields: Fields): Record<string, string | string[]> {
  const given = fields['values'];
  if (typeof given !== 'object' || given === null) return {};
  return Object.fromEntries(
    Object.entries(given).map(([name, value]: [string, unknown]) => {
      if (typeof value === 'string') return [name, value];
      if (Array.isArray(value)) return [name, value.map(String)];
      throw new BadAction(`expected texts as the value of ${name}`);
    }),
  );
}
