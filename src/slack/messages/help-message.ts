import type { KnownBlock } from '@slack/types';

const WHAT =
  'I bring every decision that the AI wants to make about a lead to you before it happens. Each card shows the lead, the proposal and what to look at. *Approve* lets it happen, *Edit* lets you change it first, *Reject* stops it and asks why. Nothing is ever approved because nobody answered. Where your verdicts have shown that the AI gets a step right, the safest part of it goes without asking, and a share of that still comes to you as a blind check.';

/** Reviewers know that reviews are looked at too, and why. */
const PROGRAMME =
  'A few cards in a hundred are checks (a draft that was decided before) or a second opinion on one: nothing is ever sent because of them, and you are told at once. They say how far the reviews can be relied on; how you answered is shown to you alone, with `/workflow me`.';

const COMMANDS = [
  '`/workflow status` – how every workflow stands and what waits for you',
  '`/workflow list` – the workflows there are; `/workflow show whitepaper-nurture` – one with its steps and rules',
  '`/workflow map whitepaper-nurture` – it as a picture: where leads are, and where people are the bottleneck',
  '`/workflow leads whitepaper-nurture first-mail` – who is where; without a step, in all of it',
  '`/workflow why ana@acme.example` – what happened to a lead and why, step by step',
  '`/workflow enroll whitepaper-nurture ana@acme.example` – put a lead in; `/workflow remove whitepaper-nurture ana@acme.example WHY` – take it out, with what waits',
  '`/workflow autonomy` – what goes without asking, why, and what would raise it; `/workflow autonomy help` for steering it',
  '`/workflow pause whitepaper-nurture` – stop one workflow; `/workflow pause all` stops everything, mails that wait included',
  '`/workflow resume whitepaper-nurture` or `/workflow resume all` – go on; with an address, a lead that is paused because a colleague replied',
  '`/workflow me` – your own numbers as a reviewer, for you alone',
  '`/workflow help` – this',
].join('\n');

export function helpBlocks(): KnownBlock[] {
  return [
    { type: 'section', text: { type: 'mrkdwn', text: WHAT } },
    { type: 'section', text: { type: 'mrkdwn', text: COMMANDS } },
    {
      type: 'context',
      elements: [
        {
          type: 'mrkdwn',
          text: 'Who may approve is named in each workflow. Approvers and workspace admins may pause and resume, enroll and remove; only workspace admins steer what goes without asking.',
        },
        { type: 'mrkdwn', text: PROGRAMME },
      ],
    },
  ];
}

/** `first` says why help is shown when nobody asked for it; mrkdwn that is safe already. */
export function helpMessage(first: string | null = null): { text: string; blocks: KnownBlock[] } {
  const opening: KnownBlock[] = first === null ? [] : [{ type: 'section', text: { type: 'mrkdwn', text: first } }];
  return {
    text: [first, WHAT, COMMANDS, PROGRAMME].filter(Boolean).join('\n\n'),
    blocks: [...opening, ...helpBlocks()],
  };
}
