import { expect, test } from 'vitest';
import { ConfigError, readConfig } from '../src/config.ts';

const outside = {
  SLACK_BOT_TOKEN: 'xoxb-1-abc',
  SLACK_SIGNING_SECRET: '0123456789abcdef',
  OPENAI_API_KEY: 'sk-test',
  OPENAI_MODEL: 'model-2026-01-01',
  SMTP_URL: 'smtp://user:pass@mail.example.com:587',
  SMTP_NAME: 'mail.example.com',
  PUBLIC_URL: 'https://mail.example.com/',
  SECRET_KEY: 'x'.repeat(32),
};

function problemsOf(env: Record<string, string>): string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

test('nothing set means the sandbox, on the ports of the README', () => {
  expect(readConfig({})).toMatchObject({
    outside: null,
    port: 3001,
    sandbox: { port: 3000 },
    databaseUrl: null,
    dataDir: '.data',
  });
});

test('an empty line in .env counts as not set', () => {
  expect(readConfig({ SLACK_BOT_TOKEN: '', PORT: ' ' })).toMatchObject({ outside: null, port: 3001 });
});

test('with a Slack token every other setting is required, and all that miss are named at once', () => {
  const problems = problemsOf({ SLACK_BOT_TOKEN: outside.SLACK_BOT_TOKEN });
  for (const name of [
    'SLACK_SIGNING_SECRET',
    'OPENAI_API_KEY',
    'OPENAI_MODEL',
    'SMTP_URL',
    'SMTP_NAME',
    'PUBLIC_URL',
    'SECRET_KEY',
  ])
    expect(problems.join('\n')).toContain(`${name} is missing`);
  expect(problemsOf(outside)).toEqual([]);
});

test('a socket needs no signing secret', () => {
  const { SLACK_SIGNING_SECRET: _, ...rest } = outside;
  expect(problemsOf({ ...rest, SLACK_APP_TOKEN: 'xapp-1-abc' })).toEqual([]);
});

test('half a Slack configuration is refused, since it would silently run in the sandbox', () => {
  expect(problemsOf({ SLACK_SIGNING_SECRET: '0123456789abcdef' })[0]).toContain('SLACK_BOT_TOKEN is not');
});

test('production refuses the embedded database, the sandbox and an unsubscribe link without https', () => {
  const problems = problemsOf({ ...outside, PUBLIC_URL: 'http://mail.example.com', NODE_ENV: 'production' });
  expect(problems.join('\n')).toMatch(/DATABASE_URL is missing/);
  expect(problems.join('\n')).toMatch(/PUBLIC_URL is “http:\/\/mail.example.com”/);
  expect(problemsOf({ NODE_ENV: 'production', DATABASE_URL: 'postgres://h/d' })[0]).toContain('the sandbox is refused');
});

test.for([
  ['PORT', '70000', '70000'],
  ['WORKSPACE_TIMEZONE', 'Berlin', 'Berlin'],
  ['DATABASE_URL', 'mysql://h/d', 'postgres://'],
  ['LOG_LEVEL', 'loud', 'loud'],
] as const)('a wrong %s is named with what was expected', ([name, value, shown]) => {
  const [problem] = problemsOf({ [name]: value });
  expect(problem).toContain(name);
  expect(problem).toContain(shown);
});

test('the value of a secret is never repeated in an error', () => {
  expect(problemsOf({ ...outside, SLACK_BOT_TOKEN: 'xoxp-very-secret-token' }).join('\n')).not.toContain('very-secret');
});

test('the doors for inbound mail are shut until they are set', () => {
  expect(readConfig({}).inboundMail).toEqual({});
  expect(readConfig({ INBOUND_SMTP_PORT: '2525', INBOUND_MAIL_SECRETS: 'whsec_a, whsec_b' }).inboundMail).toEqual({
    smtp: { host: '127.0.0.1', port: 2525 },
    secrets: ['whsec_a', 'whsec_b'],
  });
  expect(readConfig({ INBOUND_SMTP_PORT: '25', INBOUND_SMTP_HOST: '0.0.0.0' }).inboundMail.smtp).toEqual({
    host: '0.0.0.0',
    port: 25,
  });
});
