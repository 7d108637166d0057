import type { Journal } from './journal.ts';
import type { Delivery, DeliveryKind } from './workspace.ts';
import type { World } from './world.ts';

/** Sending things to the app: what is sent, over which transport, and the account of how it was answered. */

export type Outgoing = {
  kind: DeliveryKind;
  /** Over HTTP: an interaction travels as `payload=`, a command as form fields, an event as JSON. */
  form: 'payload' | 'fields' | 'json';
  /** Type of the socket envelope. */
  envelope: 'interactive' | 'slash_commands' | 'events_api';
  payload: Record<string, unknown>;
  /** Which try of an event this is. */
  retry?: { number: number; reason: string };
};

/** `noRetry`: the app asked not to be sent this event again. */
export type Answer = { acked: boolean; status: number | null; body: unknown; error?: string; noRetry?: boolean };

export type Transport = {
  /**
   * Resolves with the answer or with why there was none, at the deadline at the latest. `late` is called for every
   * further answer to the same thing.
   */
  send: (outgoing: Outgoing, late: () => void) => Promise<Answer>;
  close: () => Promise<void>;
};

export type Deliver = (outgoing: Outgoing) => Promise<Delivery>;

/** A delivery that never left: Slack itself said no. */
export function notSent(kind: DeliveryKind, error: string): Delivery {
  return { kind, acked: false, acks: 0, status: null, ackMs: 0, body: null, error };
}

const KEPT_DELIVERIES = 2_000;

const asItShould = ({ acked, acks }: Delivery): boolean => acked && acks === 1;

/** The latest, and all that went wrong: whoever asks at the end of a year must still hear of it. */
function keepLatest(deliveries: Delivery[]): void {
  if (deliveries.length <= 2 * KEPT_DELIVERIES) return;
  const old = deliveries.splice(0, deliveries.length - KEPT_DELIVERIES);
  const wrong = old.filter((delivery) => !asItShould(delivery)).slice(-KEPT_DELIVERIES);
  deliveries.unshift(...wrong);
}

export function createDeliver(world: World, transport: Transport, journal: Journal): Deliver {
  return async (outgoing) => {
    if (world.revoked) return notSent(outgoing.kind, 'the app is no longer installed');
    const delivery: Delivery = { kind: outgoing.kind, acked: false, acks: 0, status: null, ackMs: 0, body: null };
    world.deliveries.push(delivery);
    keepLatest(world.deliveries);
    const started = performance.now();
    const answer = await transport.send(outgoing, () => {
      delivery.acks += 1;
      world.changed();
    });
    delivery.ackMs = Math.round(performance.now() - started);
    Object.assign(delivery, answer);
    if (answer.acked) delivery.acks += 1;
    journal.write(
      {
        at: world.now(),
        type: 'delivery',
        method: outgoing.kind,
        ok: delivery.acked,
        detail: {
          ...delivery,
          payload: outgoing.payload,
          ...(outgoing.retry === undefined ? {} : { retry: outgoing.retry }),
        },
      },
      false,
    );
    world.changed();
    return delivery;
  };
}
