import type { MailStandIn } from '../mail/stand-in.ts';
import type { OpenAiStandIn } from '../openai/stand-in.ts';
import type { SlackWorkspace } from '../slack/workspace.ts';
import type { TrafficEntry } from './client/content.ts';

export type TrafficSources = { workspace: SlackWorkspace; openai: OpenAiStandIn; mail: MailStandIn };

const SHOWN = 120;

/** The latest of what went over the wire, newest first, one group a protocol. */
export function traffic(sources: TrafficSources): Record<'slack' | 'model' | 'mail', TrafficEntry[]> {
  const journal = sources.workspace.journal();
  const names = new Map(sources.workspace.channels().map(({ id, name }) => [id, `#${name}`]));
  const calls = sources.openai.calls();
  const transcript = sources.mail.transcript();
  return {
    slack: latest(journal, (entry, index) => ({
      key: `slack/${index}`,
      at: entry.at,
      kind: entry.type,
      what: entry.method,
      ok: entry.ok,
      note: noteOf(entry.detail, names),
    })),
    model: latest(calls, (call, index) => ({
      key: `model/${index}`,
      at: 0,
      kind: 'model',
      what: call.schemaName ?? 'text',
      ok: true,
      note: call.output.slice(0, 120),
    })),
    mail: latest(transcript, (event, index) => ({
      key: `mail/${index}`,
      at: event.at,
      kind: 'mail',
      what: event.event,
      ok: event.event !== 'error' && event.event !== 'fault',
      note: event.detail.slice(0, 120),
    })),
  };
}

/** All that is known of one entry. */
export function trafficDetail(sources: TrafficSources, key: string): unknown {
  const [kind, index = ''] = key.split('/');
  const lists: Record<string, readonly unknown[]> = {
    slack: sources.workspace.journal(),
    model: sources.openai.calls(),
    mail: sources.mail.transcript(),
  };
  return lists[kind ?? '']?.[Number(index)] ?? null;
}

function latest<T>(entries: readonly T[], shape: (entry: T, index: number) => TrafficEntry): TrafficEntry[] {
  const from = Math.max(0, entries.length - SHOWN);
  return entries
    .slice(from)
    .map((entry, offset) => shape(entry, from + offset))
    .toReversed();
}

/** One line on an entry: where it went, what it said, what went wrong, how long the app took. */
function noteOf(detail: unknown, names: Map<string, string>): string {
  const fields = record(detail);
  const args = record(fields['args']);
  const payload = record(fields['payload']);
  const channel = [args['channel'], record(payload['channel'])['id'], payload['channel_id']].find(
    (id) => typeof id === 'string',
  );
  const reply = record(fields['reply']);
  const said = [args['text'], payload['text'], record(payload['view'])['callback_id']].find(
    (value) => typeof value === 'string',
  );
  const action = Array.isArray(payload['actions']) ? record(payload['actions'][0])['action_id'] : undefined;
  const parts = [
    reply['error'] ?? fields['error'],
    typeof channel === 'string' ? (names.get(channel) ?? channel) : undefined,
    action,
    said,
    typeof fields['ackMs'] === 'number' ? `${fields['ackMs']} ms` : undefined,
  ];
  return parts
    .filter((part): part is string => typeof part === 'string' && part !== '')
    .join(' · ')
    .slice(0, 160);
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
