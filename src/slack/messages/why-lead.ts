import type { KnownBlock } from '@slack/types';
import { oneLine } from '../../core/plain-text.ts';
import { spokenPlain } from '../../engine/autonomy-speech.ts';
import type { LeadStory } from '../../engine/why-lead.ts';
import { budgets } from '../limits.ts';
import { spokenMrkdwn } from '../spoken.ts';
import { brief, count, moment, plural, utc } from '../text.ts';
import { linesWithin, section, sectionsOf, smallPrint } from './line-sections.ts';

const LINES_A_PAGE = 20;
const LINE = 430;

/** What happened to one lead and why, for `/workflow why EMAIL [PAGE]`: page 1 is the newest part, each in the order of time. */
export function whyLeadMessage(story: LeadStory, wanted: number): { text: string; blocks: KnownBlock[] } {
  const { lines, now } = story;
  const pages = Math.max(1, Math.ceil(lines.length / LINES_A_PAGE));
  const page = Math.min(Math.max(1, Math.floor(wanted)), pages);
  const end = lines.length - (page - 1) * LINES_A_PAGE;
  const shown = lines.slice(Math.max(0, end - LINES_A_PAGE), end);
  const title = `*${brief(who(story), 200)}* \`${brief(story.email.replaceAll('`', "'"), 200)}\``;
  const about = `Known since ${moment(story.since)}${story.source === null ? '' : `, from ${brief(oneLine(story.source), 80)}`}${story.score === null ? '' : `, score ${count(story.score)}`}`;
  const stands = now.length === 0 ? ['In no workflow now.'] : now.map((line) => `*Now:* ${brief(line, LINE)}`);
  const happened = shown.map(({ at, text }) => `${moment(at)} – ${spokenMrkdwn(oneLine(text), LINE)}`);
  const plain = shown.map(({ at, text }) => `${utc(at)} – ${brief(oneLine(spokenPlain(text)), LINE)}`);
  const earlier =
    pages === 1
      ? ''
      : ` Page ${page} of ${pages}${page < pages ? `; earlier: \`/workflow why ${brief(story.email, 200)} ${page + 1}\`` : ''}.`;
  return {
    text: linesWithin([title, ...stands, ...plain], budgets.fallbackText),
    blocks: [
      section(linesWithin([title, about, ...stands], 1_800)),
      { type: 'divider' },
      ...(happened.length === 0 ? [section('Nothing has happened yet.')] : sectionsOf(happened)),
      smallPrint(`${plural(lines.length, 'thing')} on record.${earlier}`),
    ],
  };
}

function who({ name, company, email }: LeadStory): string {
  const known = [name, company].flatMap((part) => (part === null ? [] : [oneLine(part)])).join(', ');
  return known === '' ? email : known;
}
