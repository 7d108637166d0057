import { type Args, jsonArg, type Method, type Reply, scoped, textArg } from '../call.ts';
import { isRecord } from '../json.ts';
import { type Refusal, refuse, refuseArguments } from '../posting.ts';
import { findView, openModal, publishHome, pushModal, refuseView, replaceView } from '../view-store.ts';
import type { StackedView, World } from '../world.ts';

/** views.*: https://docs.slack.dev/reference/methods/views.open and its siblings. */

const TRIGGER_LIFE_MS = 3_000;

/** Whose trigger this is; it is used up only when a view really opened, so a refused view may be mended and sent again. */
function exchange(
  args: Args,
  world: World,
): { user: string; inModal: boolean; channel: string | null } | { refusal: Refusal } {
  const id = textArg(args, 'trigger_id') ?? textArg(args, 'interactivity_pointer');
  if (id === null) return { refusal: refuseArguments({ message: 'missing required field: trigger_id', pointer: '' }) };
  const trigger = world.triggers.get(id);
  if (trigger === undefined) return { refusal: refuse('invalid_trigger_id') };
  if (trigger.used) return { refusal: refuse('exchanged_trigger_id') };
  if (world.now() - trigger.at > TRIGGER_LIFE_MS) return { refusal: refuse('expired_trigger_id') };
  return trigger;
}

function rawView(args: Args): Record<string, unknown> | Refusal {
  const view = jsonArg(args, 'view');
  if (isRecord(view)) return view;
  return refuseArguments({ message: 'must provide an object', pointer: '/view' });
}

const isRefusal = (value: Record<string, unknown> | Refusal): value is Refusal => value.ok === false;

const done = ({ view }: StackedView): Reply => ({ ok: true, view });

function useTrigger(args: Args, world: World): void {
  const id = textArg(args, 'trigger_id') ?? textArg(args, 'interactivity_pointer');
  const trigger = world.triggers.get(id ?? '');
  if (trigger !== undefined) trigger.used = true;
}

function open(args: Args, world: World): Reply {
  const trigger = exchange(args, world);
  if ('refusal' in trigger) return trigger.refusal;
  const raw = rawView(args);
  if (isRefusal(raw)) return raw;
  const refusal = refuseView(world, raw, 'modal');
  if (refusal !== null) return refusal;
  useTrigger(args, world);
  return done(openModal(world, trigger, raw));
}

function push(args: Args, world: World): Reply {
  const trigger = exchange(args, world);
  if ('refusal' in trigger) return trigger.refusal;
  if (!trigger.inModal) return refuse('invalid_trigger_id');
  const raw = rawView(args);
  if (isRefusal(raw)) return raw;
  const refusal = refuseView(world, raw, 'modal');
  if (refusal !== null) return refusal;
  const pushed = pushModal(world, trigger, raw);
  if ('refusal' in pushed) return pushed.refusal;
  useTrigger(args, world);
  return done(pushed.view);
}

function update(args: Args, world: World): Reply {
  const viewId = textArg(args, 'view_id');
  const externalId = textArg(args, 'external_id');
  if (viewId === null && externalId === null)
    return refuseArguments({ message: 'must define either `view_id` or `external_id`', pointer: '' });
  const current = findView(world, viewId === null ? { externalId: externalId ?? '' } : { viewId });
  if (current === null) return refuse('not_found');
  const hash = textArg(args, 'hash');
  if (hash !== null && hash !== current.hash) return refuse('hash_conflict');
  const raw = rawView(args);
  if (isRefusal(raw)) return raw;
  const sameExternal = raw.external_id !== undefined && raw.external_id === current.view.external_id;
  const refusal = refuseView(
    world,
    sameExternal ? { ...raw, external_id: '' } : raw,
    current.view.type === 'home' ? 'home' : 'modal',
  );
  return refusal ?? done(replaceView(world, current, raw));
}

function publish(args: Args, world: World): Reply {
  if (!world.grants.homeTab) return refuse('not_enabled');
  const user = textArg(args, 'user_id') ?? '';
  if (!world.users.has(user)) return refuse('user_not_found');
  const hash = textArg(args, 'hash');
  const current = world.homes.get(user);
  if (hash !== null && current !== undefined && hash !== current.hash) return refuse('hash_conflict');
  const raw = rawView(args);
  if (isRefusal(raw)) return raw;
  const kept = raw.external_id !== undefined && raw.external_id === current?.view.external_id;
  const refusal = refuseView(world, kept ? { ...raw, external_id: '' } : raw, 'home');
  return refusal ?? done(publishHome(world, user, raw));
}

const none = scoped(null);

export const VIEW_METHODS: Record<string, Method> = {
  'views.open': { token: 'bot', tier: 'tier4', scope: none, requires: ['view'], run: open },
  'views.push': { token: 'bot', tier: 'tier4', scope: none, requires: ['view'], run: push },
  'views.update': { token: 'bot', tier: 'tier4', scope: none, requires: ['view'], run: update },
  'views.publish': { token: 'bot', tier: 'tier4', scope: none, requires: ['user_id', 'view'], run: publish },
};
