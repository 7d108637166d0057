import type { KnownBlock } from '@slack/types';
import { bottleneckOf, countsAt } from '../../core/map-counts.ts';
import { humanDuration } from '../../core/duration.ts';
import type { ShownWorkflow } from '../../engine/show-workflow.ts';
import { budgets } from '../limits.ts';
import { brief, count, plural } from '../text.ts';
import { section, smallPrint } from './line-sections.ts';

type Message = { text: string; blocks: KnownBlock[] };

/** The picture, and under it what to see first. `altText`: the same in words, at most 2,000 characters. */
export function mapMessage(
  shown: ShownWorkflow,
  { fileId, altText, shared }: { fileId: string; altText: string; shared: boolean },
): Message {
  const name = brief(shown.workflow.name, 80);
  const hints = [
    `\`/workflow show ${name}\` says the same in words.`,
    ...(shared ? [] : [`\`/workflow map ${name} share\` shows the picture to everybody here.`]),
  ];
  return {
    text: brief(altText, budgets.fallbackText),
    blocks: [
      { type: 'image', slack_file: { id: fileId }, alt_text: altText },
      section(summary(shown)),
      smallPrint(hints.join(' ')),
    ],
  };
}

/** Where the picture can't be shown: what it shows, and why it is not there. */
export function mapWithoutPicture(shown: ShownWorkflow, altText: string, detail: string): Message {
  const text = `${summary(shown)}\n${brief(altText, 2_500)}`.slice(0, budgets.fallbackText);
  return {
    text,
    blocks: [
      section(summary(shown)),
      section(brief(altText, 2_900)),
      smallPrint(`The picture could not be shown: ${brief(detail, 300)}.`),
    ],
  };
}

function summary({ workflow, version, counts }: ShownWorkflow): string {
  const worst = bottleneckOf(counts);
  const head = `*${brief(workflow.name, 80)}*, version ${version} · ${plural(counts.underWay, 'lead')} under way`;
  if (worst === null) return `${head}. Nobody waits for people.`;
  const { waiting, oldest, medianVerdictMs } = countsAt(counts, worst);
  const since = oldest === null ? '' : `, the oldest for ${humanDuration(counts.at.getTime() - oldest.getTime())}`;
  const usual = medianVerdictMs === null ? '' : `; a verdict usually takes ${humanDuration(medianVerdictMs)}`;
  return `${head}.\n*Most wait for people at* \`${brief(worst, 60)}\`: ${count(waiting)}${since}${usual}.`;
}
