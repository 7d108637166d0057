import { humanDuration } from '../core/duration.ts';
import { bottleneckOf, countsAt, type MapCounts } from '../core/map-counts.ts';
import { type ShownStep, shownSteps } from '../core/shown-steps.ts';
import { cohortOf, goalOf, triggersOf } from '../core/workflow/settings.ts';
import { triggerWords } from '../core/workflow/step-words.ts';
import type { Workflow } from '../core/workflow.ts';

/** What Slack takes as an alternative text (https://docs.slack.dev/reference/block-kit/blocks/image-block). */
const ALT_TEXT = 2_000;

type Subject = { workflow: Workflow; version: number | null; counts: MapCounts | null };

const plural = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`;

/** How the workflow stands, in one line for its head. */
export function standingWords({ at, underWay, elsewhere, holdout, done, exited }: MapCounts): string {
  return [
    `${plural(underWay, 'lead')} under way`,
    ...(elsewhere === 0 ? [] : [`${elsewhere.toLocaleString('en-US')} of them at steps of older versions`]),
    ...(holdout === 0 ? [] : [`${holdout.toLocaleString('en-US')} held out`]),
    `${done.toLocaleString('en-US')} went through`,
    `${exited.toLocaleString('en-US')} left early`,
    `as of ${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`,
  ].join(' · ');
}

/** Where people are the bottleneck, in a sentence; null where nobody waits for them. */
function bottleneckWords(counts: MapCounts): string | null {
  const step = bottleneckOf(counts);
  if (step === null) return null;
  const { waiting, oldest, medianVerdictMs } = countsAt(counts, step);
  const since = oldest === null ? '' : `, the oldest for ${humanDuration(counts.at.getTime() - oldest.getTime())}`;
  const usual = medianVerdictMs === null ? '' : `; a verdict usually takes ${humanDuration(medianVerdictMs)}`;
  return `Most wait for people at ${step}: ${plural(waiting, 'lead')}${since}${usual}.`;
}

/** The whole picture in words, in at most `most` characters; what matters most comes first, and a cut is said. */
export function mapWords({ workflow, version, counts }: Subject, most = ALT_TEXT): string {
  const bottleneck = counts === null ? null : bottleneckWords(counts);
  const shares = cohortOf(workflow);
  const sentences = [
    `Map of the workflow ${workflow.name}${version === null ? '' : `, version ${version}`}.`,
    `Goal: ${ended(goalOf(workflow).description)}`,
    ...(counts === null ? [] : [`${standingWords(counts)}.`]),
    ...(bottleneck === null ? [] : [bottleneck]),
    ...trackWords(workflow, 'ai', counts),
    ...(workflow.baseline === undefined
      ? []
      : [
          `Baseline without AI, ${shares.baseline === 0 ? 'not in use' : `${shares.baseline} % of the leads`}:`,
          ...trackWords(workflow, 'baseline', counts),
        ]),
  ];
  return cutBetween(sentences, most);
}

function trackWords(workflow: Workflow, track: 'ai' | 'baseline', counts: MapCounts | null): string[] {
  const begins = triggersOf(workflow).map(triggerWords).join('; ');
  return [
    ...(track === 'ai' && begins !== '' ? [`Starts with ${ended(begins)}`] : []),
    ...shownSteps(workflow, track, counts).map(spokenStep),
  ];
}

function spokenStep({ id, title, detail, ai, people, ways, counts }: ShownStep): string {
  const mark = ai ? ', an AI decision' : people ? ', done by people' : '';
  const what = title === 'Exit' ? `${title} (${detail})` : title;
  return ended([`${id}: ${what}${mark}`, counts, ways.join(', ')].filter(Boolean).join('; '));
}

function ended(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** Whole sentences only. */
function cutBetween(sentences: readonly string[], most: number): string {
  const whole = sentences.join(' ');
  if (whole.length <= most) return whole;
  let text = '';
  for (const [i, sentence] of sentences.entries()) {
    const rest = ` And ${sentences.length - i} more.`;
    if (text.length + 1 + sentence.length + rest.length > most) return `${text}${rest}`.trim().slice(0, most);
    text = text === '' ? sentence : `${text} ${sentence}`;
  }
  return text;
}
