import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';

/** What a shop, a form or a CRM outside tells the app, by its signed webhooks (https://www.standardwebhooks.com). */
export type AppWebhooks = {
  /** A new lead, in the shape of the app's lead webhook. */
  addLead(lead: Record<string, unknown>): Promise<void>;
  /** Something that a lead did outside our mails. `occurredAt` in milliseconds since 1970, business time. */
  leadEvent(event: { email: string; event: string; occurredAt: number }): Promise<void>;
};

/** @param options.secret `whsec_…`, shared with the app. */
export function createAppWebhooks(options: { appUrl: () => string; secret: string }): AppWebhooks {
  const signer = new Webhook(options.secret);
  const post = async (path: string, body: Record<string, unknown>): Promise<void> => {
    const id = `msg_${randomUUID()}`;
    const at = new Date();
    const text = JSON.stringify(body);
    const response = await fetch(`${options.appUrl()}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        'webhook-signature': signer.sign(id, at, text),
      },
      body: text,
    });
    const answer = await response.text();
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${answer.slice(0, 300)}`);
  };
  return {
    addLead: (lead) => post('/webhooks/leads', { type: 'lead.created', data: lead }),
    leadEvent: ({ email, event, occurredAt }) =>
      post('/webhooks/events', {
        type: 'lead.event',
        data: { email, event, occurred_at: new Date(occurredAt).toISOString() },
      }),
  };
}
