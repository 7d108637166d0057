import { person } from '../../sandbox/slack/driver.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { channel, type Desk, openDesk } from './desk.ts';
import { nodes, readable } from './facts.ts';

let desk: Desk;
beforeEach(async () => {
  desk = await openDesk();
});
afterEach(() => desk.close());

async function ask(text: string, user = 'U0ANA'): Promise<string> {
  const delivery = await desk.slack.slash({ user, channel, text: `/workflow ${text}` });
  expect(delivery).toMatchObject({ acked: true, acks: 1, body: { response_type: 'ephemeral' } });
  return readable((delivery.body as { blocks: unknown[] }).blocks);
}

/** What whoever asked sees of a map: the ack says nothing, the picture comes when it is drawn and uploaded. */
async function askMap(words: string, whose: 'ephemeral' | 'channel' = 'ephemeral') {
  const seen = () => (whose === 'ephemeral' ? desk.slack.ephemerals('U0ANA', channel) : desk.slack.messages(channel));
  const before = seen().length;
  const delivery = await desk.slack.slash({ user: 'U0ANA', channel, text: `/workflow map ${words}` });
  expect(delivery).toMatchObject({ acked: true, acks: 1 });
  await expect.poll(() => seen().length, { timeout: 10_000 }).toBe(before + 1);
  const message = seen().at(-1);
  return { text: message?.text ?? '', blocks: message?.blocks ?? [] };
}

describe('/workflow list, show, leads and why', () => {
  test('list says what there is and where to go on', async () => {
    const said = await ask('list');
    expect(said).toContain('*whitepaper-nurture* · running, version 3, 5 steps');
    expect(said).toContain('*Begins with:* every new lead');
    expect(said).toContain('`/workflow map NAME`');
  });

  test('show says its steps, which of them the AI decides, what stands there, and who decides', async () => {
    const said = await ask('show whitepaper-nurture');
    expect(said).toContain('1. *Score the lead* `score` · _AI decision_');
    expect(said).toContain(
      '14 here, 6 waiting for people (oldest 5 h), 140 passed in 30 days, usually 40 min to a verdict',
    );
    expect(said).toContain('`first-mail` · _AI decision_ · *most wait here*');
    expect(said).toContain('*E-mails* are decided by <@U0ANA> and <@U0BEN> in #nurture-emails');
    expect(said).toContain('*When nobody decides:* the lead leaves');
  });

  test('leads takes a step and a page in either order and says who waits for what', async () => {
    const said = await ask('leads whitepaper-nurture first-mail 2');
    expect(desk.calls).toEqual([
      { verb: 'workflowLeads', input: { name: 'whitepaper-nurture', step: 'first-mail', page: 2 } },
    ]);
    expect(said).toContain('Maria Santos, Acme `maria@acme.example` · `first-mail` · waiting for people for 5 h');
    expect(said).toContain('More: `/workflow leads whitepaper-nurture 2`');
  });

  test('why tells the story with the people in it, and where the lead stands', async () => {
    const said = await ask('why maria@acme.example');
    expect(said).toContain('*Now:* whitepaper-nurture: at first-mail (Draft an e-mail), waiting for people');
    expect(said).toContain('score: Approved by <@U0ANA>.');
    expect(said).toContain('2 things on record.');
  });

  test.for(['leads whitepaper-nurture', 'why maria@acme.example'])('“%s” is not for guests', async (text) => {
    await desk.close();
    desk = await openDesk({ verbs: { mayRead: async () => false } });
    expect(await ask(text)).toContain('full members of this workspace only');
    expect(desk.calls).toEqual([]);
  });
});

describe('/workflow enroll and remove', () => {
  test('enroll reaches the engine with the person who asked', async () => {
    expect(await ask('enroll whitepaper-nurture maria@acme.example again')).toContain(
      'Enrolled `maria@acme.example` in *whitepaper-nurture*. It begins at `score`.',
    );
    expect(desk.calls).toEqual([
      {
        verb: 'enrollByHand',
        input: {
          name: 'whitepaper-nurture',
          email: 'maria@acme.example',
          again: true,
          actor: { type: 'person', id: 'U0ANA' },
        },
      },
    ]);
  });

  test('remove says what became of its card and its mail', async () => {
    expect(await ask('remove whitepaper-nurture maria@acme.example Ben talks to her')).toContain(
      'Its card was withdrawn. 1 approved mail will not be sent.',
    );
    expect(desk.calls).toMatchObject([{ verb: 'removeByHand', input: { reason: 'Ben talks to her' } }]);
  });

  test.for(['enroll whitepaper-nurture maria@acme.example', 'remove whitepaper-nurture maria@acme.example'])(
    '“%s” changes nothing for who may not',
    async (text) => {
      expect(await ask(text, 'U0CARLA')).toContain('Only approvers of a workflow and workspace admins may');
      expect(desk.calls).toEqual([]);
    },
  );
});

test.for([
  ['show', 'Which one?'],
  ['show whitepaper', 'Did you mean whitepaper-nurture?'],
  ['map whitepaper', 'Did you mean whitepaper-nurture?'],
  ['map', '`/workflow map NAME`'],
  ['leads', '`/workflow leads NAME [STEP] [PAGE]`'],
  ['why', '`/workflow why EMAIL [PAGE]`'],
  ['enroll whitepaper-nurture', '`/workflow enroll NAME EMAIL [again]`'],
  ['enroll whitepaper-nurture a@b.example agian', '`/workflow enroll NAME EMAIL [again]`'],
  ['remove', '`/workflow remove NAME EMAIL [REASON]`'],
  ['mapp', 'Did you mean `/workflow map`?'],
  ['shwo <!channel>', 'Did you mean `/workflow show`?'],
] as const)('“%s” → %s', async ([text, answer]) => {
  const said = await ask(text);
  expect(said).toContain(answer);
  expect(said).not.toContain('<!channel>');
});

describe('/workflow map', () => {
  test('shows the picture to whoever asked, with the same in words for who can’t see it', async () => {
    const { blocks, text } = await askMap('whitepaper-nurture');
    const [image] = nodes(blocks).filter(({ type }) => type === 'image');
    expect(image).toMatchObject({ alt_text: 'Map of the workflow whitepaper-nurture, version 3.' });
    expect(image?.['slack_file']).toMatchObject({ id: expect.stringMatching(/^F/) });
    expect(text).toBe('Map of the workflow whitepaper-nurture, version 3.');
    expect(readable(blocks)).toContain(
      '*Most wait for people at* `first-mail`: 6, the oldest for 5 h; a verdict usually takes 40 min.',
    );
  });

  test('share shows it to everybody in the channel', async () => {
    const { blocks } = await askMap('whitepaper-nurture share', 'channel');
    expect(nodes(blocks).some(({ type }) => type === 'image')).toBe(true);
  });

  test('without the scope for pictures it says in words what the picture shows, and what is missing', async () => {
    await desk.close();
    desk = await openDesk({ standIn: { refusedScopes: ['files:write'] } });
    const { blocks } = await askMap('whitepaper-nurture');
    expect(nodes(blocks).some(({ type }) => type === 'image')).toBe(false);
    expect(readable(blocks)).toContain('Map of the workflow whitepaper-nurture, version 3.');
    expect(readable(blocks)).toContain('installed without the scope files:write');
  });

  test('a picture that can’t be drawn is an answer too', async () => {
    await desk.close();
    desk = await openDesk({
      verbs: {
        drawMap: async () => {
          throw new Error('no canvas');
        },
      },
    });
    const { blocks } = await askMap('whitepaper-nurture');
    expect(readable(blocks)).toContain('The map could not be drawn');
    expect(desk.logged).toContainEqual({ level: 'error', message: 'a map could not be shown' });
  });
});

describe('the Home tab', () => {
  test('opens the steps of a workflow', async () => {
    const ana = person(desk.slack, 'U0ANA');
    await (await ana.openHome()).clickForModal('Steps of whitepaper-nurture');
    expect(readable(desk.slack.modals('U0ANA').at(-1)?.view['blocks'])).toContain(
      '1. *Score the lead* `score` · _AI decision_',
    );
  });

  test('opens its map, which comes when it is drawn', async () => {
    const ana = person(desk.slack, 'U0ANA');
    await (await ana.openHome()).clickForModal('Map of whitepaper-nurture');
    await expect
      .poll(() => nodes(desk.slack.modals('U0ANA').at(-1)?.view['blocks']).some(({ type }) => type === 'image'))
      .toBe(true);
  });
});
