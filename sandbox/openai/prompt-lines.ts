/** What a prompt says outside the lead's data: `SENDER: …` lines, and headed lists such as `FACTS THAT MAY BE CLAIMED:`. */
export type PromptLines = {
  claims: string[];
  links: string[];
  priorMails: string[];
  tone: string | null;
  senderName: string | null;
  senderCompany: string | null;
  step: string | null;
};

/** Reads only what stands before the data, so that a lead cannot add a claim or a link of their own. */
export function readPromptLines(prompt: string): PromptLines {
  const end = prompt.search(/^lead facts|^```/im);
  const ours = end < 0 ? '' : prompt.slice(0, end);
  const [senderName, ...company] = (lineAfter(ours, 'SENDER') ?? '').split(',').map((part) => part.trim());
  return {
    claims: listUnder(ours, /\b(facts|claims?)\b/i),
    links: listUnder(ours, /\blinks?\b/i).filter((entry) => /^https?:\/\/\S+$/.test(entry)),
    priorMails: listUnder(ours, /\bmails?\b.*\b(already|before|had|sent)\b|\b(prior|previous|earlier) mails?\b/i),
    tone: lineAfter(ours, 'TONE'),
    senderName: senderName || null,
    senderCompany: company.join(', ') || null,
    step: /\bstep [“"']([^”"'\n]+)[”"']/i.exec(ours)?.[1] ?? null,
  };
}

function lineAfter(text: string, label: string): string | null {
  return new RegExp(`^${label}: *(\\S.*)$`, 'm').exec(text)?.[1]?.trim() ?? null;
}

/** The `- ` entries under the first heading in capitals that matches. */
function listUnder(text: string, heading: RegExp): string[] {
  for (const match of text.matchAll(/^([A-Z]{3,}[^\n]*):\n((?:- [^\n]*(?:\n|$))+)/gm)) {
    if (heading.test(match[1] ?? ''))
      return (match[2] ?? '')
        .split('\n')
        .map((line) => line.replace(/^- /, '').trim())
        .filter(Boolean);
  }
  return [];
}
