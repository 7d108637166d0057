import type { KnownBlock } from '@slack/types';

const WHAT =
  'I bring every decision that the AI wants to make about a lead to you before it happens. Each card shows the lead, the proposal and what to look at. *Approve* lets it happen, *Edit* lets you change it first, *Reject* stops it and asks why. Nothing is ever approved because nobody answered.';

const COMMANDS = [
  '`/workflow status` – how every workflow stands and what waits for you',
  '`/workflow pause whitepaper-nurture` – stop one workflow; `/workflow pause all` stops everything, mails that wait included',
  '`/workflow resume whitepaper-nurture` or `/workflow resume all` – go on',
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
          text: 'Who may approve is named in each workflow. Approvers and workspace admins may pause and resume.',
        },
      ],
    },
  ];
}

/** `first` says why help is shown when nobody asked for it; mrkdwn that is safe already. */
export function helpMessage(first: string | null = null): { text: string; blocks: KnownBlock[] } {
  const opening: KnownBlock[] = first === null ? [] : [{ type: 'section', text: { type: 'mrkdwn', text: first } }];
  return { text: [first, WHAT, COMMANDS].filter(Boolean).join('\n\n'), blocks: [...opening, ...helpBlocks()] };
}
