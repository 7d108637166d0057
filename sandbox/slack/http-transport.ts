import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import type { Answer, Outgoing, Transport } from './deliver.ts';
import { parseJson } from './json.ts';

/** Signed requests to the app, as https://docs.slack.dev/authentication/verifying-requests-from-slack describes. */

type Settings = { url: () => string; signingSecret: string; deadlineMs: number; now: () => number };

const FORM = 'application/x-www-form-urlencoded';

function encode({ form, payload }: Outgoing): { body: string; type: string } {
  const fields: Record<Outgoing['form'], () => { body: string; type: string }> = {
    payload: () => ({ body: new URLSearchParams({ payload: JSON.stringify(payload) }).toString(), type: FORM }),
    fields: () => ({
      body: new URLSearchParams(
        Object.entries(payload).map(([key, value]): [string, string] => [key, String(value)]),
      ).toString(),
      type: FORM,
    }),
    json: () => ({ body: JSON.stringify(payload), type: 'application/json' }),
  };
  return fields[form]();
}

function sign(secret: string, timestamp: string, body: string): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`;
}

function headers(outgoing: Outgoing, body: string, type: string, settings: Settings): Record<string, string> {
  const timestamp = String(Math.floor(settings.now() / 1000));
  return {
    'content-type': type,
    'content-length': String(Buffer.byteLength(body)),
    'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': sign(settings.signingSecret, timestamp, body),
    ...(outgoing.retry === undefined
      ? {}
      : { 'x-slack-retry-num': String(outgoing.retry.number), 'x-slack-retry-reason': outgoing.retry.reason }),
  };
}

function answerOf(status: number, noRetry: boolean, text: string): Answer {
  const body = text === '' ? null : (parseJson(text) ?? text);
  const acked = status >= 200 && status < 300;
  return { acked, status, body, ...(acked ? {} : { error: `http_${status}` }), ...(noRetry ? { noRetry } : {}) };
}

export function createHttpTransport(settings: Settings): Transport {
  const send = (outgoing: Outgoing): Promise<Answer> => {
    const { body, type } = encode(outgoing);
    return new Promise((resolve) => {
      // A connection of its own: an idle one that the app closes at the wrong moment would look like a lost click.
      const req = request(settings.url(), {
        method: 'POST',
        agent: false,
        headers: headers(outgoing, body, type, settings),
      });
      const finish = (answer: Answer): void => {
        clearTimeout(deadline);
        resolve(answer);
      };
      const fail = (error: string): void => finish({ acked: false, status: null, body: null, error });
      const deadline = setTimeout(() => {
        fail('operation_timeout');
        req.destroy();
      }, settings.deadlineMs);
      req.on('error', (error) => fail(error.message === '' ? 'connection_failed' : error.message));
      req.on('response', (res) => {
        const chunks: Buffer[] = [];
        res.on('data', (chunk: Buffer) => chunks.push(chunk));
        res.on('error', (error: Error) => fail(error.message));
        res.on('end', () =>
          finish(
            answerOf(res.statusCode ?? 0, res.headers['x-slack-no-retry'] === '1', Buffer.concat(chunks).toString()),
          ),
        );
      });
      req.end(body);
    });
  };
  return { send, close: async () => {} };
}
