import { describe, expect, test } from 'vitest';
import { validateBlocks } from '../../sandbox/slack/validate-blocks.ts';
import type { NoticeFacts } from '../../src/engine/card-facts.ts';
import { renderNotice } from '../../src/slack/messages/notice-message.ts';
import { noon, readable } from './facts.ts';
import { live, payloads } from './hostile.ts';

type Replied = Extract<NoticeFacts, { type: 'lead_replied' }>;
type Complained = Extract<NoticeFacts, { type: 'lead_complained' }>;

const replied: Replied = {
  type: 'lead_replied',
  leadName: 'Karen Osei',
  leadEmail: 'karen@acme.example',
  workflow: 'whitepaper-nurture',
  subject: 'A thought on your plans',
  text: 'Hello Nora,\n\nyes, Tuesday.',
  note: 'complete',
  fromAnother: null,
  optedOut: false,
  looksLikeInstruction: false,
  stopped: ['whitepaper-nurture'],
  blame: null,
  at: noon,
};
const complained: Complained = {
  type: 'lead_complained',
  leadName: 'Karen Osei',
  workflow: 'whitepaper-nurture',
  subject: 'A thought on your plans',
  stopped: ['whitepaper-nurture', 'trial'],
  at: noon,
};

const notices: NoticeFacts[] = [
  replied,
  { ...replied, optedOut: true, stopped: [] },
  { ...replied, stopped: [], subject: null, leadEmail: null },
  { ...replied, blame: { outcomeId: '01958000-0000-7000-8000-00000000000a', by: null } },
  { ...replied, blame: { outcomeId: '01958000-0000-7000-8000-00000000000a', by: 'U0ANA' } },
  { ...replied, fromAnother: 'ben@acme.example', looksLikeInstruction: true },
  ...(['cut', 'no_words', 'unreadable', 'erased'] as const).map((note) => ({
    ...replied,
    note,
    text: note === 'cut' ? 'x'.repeat(2000) : null,
  })),
  {
    ...replied,
    text: '\n',
    leadName: 'N'.repeat(3000),
    workflow: 'w'.repeat(60),
    subject: 's'.repeat(998),
    stopped: Array.from({ length: 40 }, (_, i) => `${'w'.repeat(55)}${i}`),
  },
  { ...replied, text: '€'.repeat(2000), fromAnother: `${'a'.repeat(5000)}@b.example` },
  complained,
  { ...complained, stopped: [], subject: null },
];

describe('a lead’s answer in Slack', () => {
  test('reads so', () => {
    expect(readable(renderNotice(replied).blocks)).toMatchInlineSnapshot(`
      "Karen Osei answered
      Hello Nora,

      yes, Tuesday.
      whitepaper-nurture stopped for Karen Osei: what was drafted or approved is not sent. Somebody should answer.
      whitepaper-nurture · about “A thought on your plans” · karen@acme.example · 2026-03-10 12:00 UTC"
    `);
    expect(renderNotice({ ...replied, optedOut: true }).text).toMatchInlineSnapshot(`
      "Karen Osei asks not to be mailed:

      Hello Nora,

      yes, Tuesday.

      Nothing is sent to this address any more, and whitepaper-nurture stopped for Karen Osei.

      whitepaper-nurture · about “A thought on your plans” · karen@acme.example · 2026-03-10 12:00 UTC"
    `);
    expect(renderNotice(complained).text).toMatchInlineSnapshot(`
      "Karen Osei marked a mail as spam.

      Nothing is sent to this address any more, and whitepaper-nurture and trial stopped for Karen Osei. Mailbox providers stop delivering when one mail in a thousand is marked so: look at what went out, and to whom.

      whitepaper-nurture · about “A thought on your plans” · 2026-03-10 12:00 UTC"
    `);
  });

  test('says where it came from and what it tries, and that nobody is in a workflow any more', () => {
    const shown = readable(
      renderNotice({ ...replied, fromAnother: 'ben@acme.example', looksLikeInstruction: true, stopped: [] }).blocks,
    );
    expect(shown).toContain('It came from another address than the lead’s: ben@acme.example'.replace('’', "'"));
    expect(shown).toContain('Parts of it read like instructions to a program. Nothing here acts on them.');
    expect(shown).toContain('No workflow was running for Karen Osei any more. Somebody should answer.');
  });

  test.for(notices)('is a message that Slack takes: %#', (facts) => {
    const { blocks, text } = renderNotice(facts);
    expect(validateBlocks(blocks, 'message')).toEqual([]);
    expect(text.length).toBeLessThanOrEqual(4_000);
  });

  test('brings nobody’s words to life', () => {
    for (const evil of payloads) {
      const facts: NoticeFacts[] = [
        { ...replied, text: evil },
        {
          ...replied,
          leadName: evil,
          leadEmail: evil,
          workflow: evil,
          subject: evil,
          fromAnother: evil,
          stopped: [evil],
        },
        { ...replied, leadName: evil, text: evil, optedOut: true },
        { ...complained, leadName: evil, workflow: evil, subject: evil, stopped: [evil] },
      ];
      for (const notice of facts) expect(live(renderNotice(notice), []), evil).toEqual([]);
    }
  });

  test('is whole: every line that was written can be read', () => {
    const text = Array.from({ length: 100 }, (_, i) => `line ${i}`).join('\n');
    expect(readable(renderNotice({ ...replied, text }).blocks)).toContain('line 99');
  });
});
