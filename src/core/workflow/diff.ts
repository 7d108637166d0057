import { canonicalJson } from '../canonical-json.ts';
import type { Workflow } from '../workflow.ts';
import { stepWords } from './step-words.ts';
import { kindOf, type Step } from './step.ts';

/**
 * One difference between two versions, for people. `subject` is what changed (“step first-mail”, “cap”); `before` and `after`
 * are the old and new words of one setting, null where there was or is none.
 */
export type Change = {
  what: 'added' | 'removed' | 'changed' | 'moved';
  subject: string;
  /** The setting inside the subject, such as `fallback.on_expire`; empty for the whole. */
  setting: string;
  before: string | null;
  after: string | null;
};

/** What is different in `after`, in the order in which a file states it; empty for the same content. */
export function diffWorkflows(before: Workflow, after: Workflow): Change[] {
  const { steps: oldSteps, baseline: oldBaseline, ...oldSettings } = before;
  const { steps: newSteps, baseline: newBaseline, ...newSettings } = after;
  return [
    ...settingsDiff(oldSettings, newSettings),
    ...stepsDiff('step', oldSteps, newSteps),
    ...stepsDiff('baseline step', oldBaseline?.steps ?? [], newBaseline?.steps ?? []),
  ];
}

function settingsDiff(before: Record<string, unknown>, after: Record<string, unknown>): Change[] {
  const names = [...new Set([...Object.keys(after), ...Object.keys(before)])];
  return names.flatMap((name) => valueDiff(name, '', before[name], after[name]));
}

/** Mappings are compared setting by setting; lists of words by what came and went; anything else as a whole. */
function valueDiff(subject: string, setting: string, before: unknown, after: unknown): Change[] {
  if (canonicalJson(before) === canonicalJson(after)) return [];
  if (isMapping(before) && isMapping(after)) {
    const names = [...new Set([...Object.keys(after), ...Object.keys(before)])];
    return names.flatMap((name) =>
      valueDiff(subject, setting === '' ? name : `${setting}.${name}`, before[name], after[name]),
    );
  }
  if (isWords(before) && isWords(after)) {
    const gone = before.filter((word) => !after.includes(word));
    const came = after.filter((word) => !before.includes(word));
    if (gone.length + came.length > 0)
      return [
        ...gone.map((word): Change => ({ what: 'removed', subject, setting, before: word, after: null })),
        ...came.map((word): Change => ({ what: 'added', subject, setting, before: null, after: word })),
      ];
  }
  const what = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
  return [{ what, subject, setting, before: wordsOf(before), after: wordsOf(after) }];
}

function stepsDiff(label: string, before: readonly Step[], after: readonly Step[]): Change[] {
  const old = new Map(before.map((step) => [step.id, step]));
  const changes: Change[] = [];
  const moved = movedSteps(before, after);
  for (const [i, step] of after.entries()) {
    const was = old.get(step.id);
    const subject = `${label} ${step.id}`;
    if (was === undefined) {
      const behind = after[i - 1]?.id;
      const where = behind === undefined ? 'at the beginning' : `after ${behind}`;
      changes.push({ what: 'added', subject, setting: '', before: null, after: `${stepLine(step)}, ${where}` });
      continue;
    }
    if (moved.has(step.id)) {
      const place = (steps: readonly Step[]) =>
        `after ${steps[steps.findIndex(({ id }) => id === step.id) - 1]?.id ?? 'the start'}`;
      changes.push({ what: 'moved', subject, setting: '', before: place(before), after: place(after) });
    }
    changes.push(...stepDiff(subject, was, step));
  }
  for (const step of before)
    if (!after.some(({ id }) => id === step.id))
      changes.push({
        what: 'removed',
        subject: `${label} ${step.id}`,
        setting: '',
        before: stepLine(step),
        after: null,
      });
  return changes;
}

function stepDiff(subject: string, before: Step, after: Step): Change[] {
  if (kindOf(before) !== kindOf(after))
    return [{ what: 'changed', subject, setting: '', before: stepLine(before), after: stepLine(after) }];
  const { id: _, ...old } = before;
  const { id: __, ...now } = after;
  return valueDiff(subject, '', old, now);
}

/** Steps that stand in another order among those that both have: all but a longest run that kept its order. */
function movedSteps(before: readonly Step[], after: readonly Step[]): Set<string> {
  const places = new Map(before.map(({ id }, i) => [id, i]));
  const kept = after.map(({ id }) => id).filter((id) => places.has(id));
  const runs: string[][] = [];
  for (const id of kept) {
    const place = places.get(id) ?? 0;
    const best = runs
      .filter((run) => (places.get(run.at(-1) ?? '') ?? -1) < place)
      .reduce<string[]>((longest, run) => (run.length > longest.length ? run : longest), []);
    runs.push([...best, id]);
  }
  const longest = runs.reduce<string[]>((most, run) => (run.length > most.length ? run : most), []);
  return new Set(kept.filter((id) => !longest.includes(id)));
}

function stepLine(step: Step): string {
  const { title, detail } = stepWords(step);
  return detail === '' ? title : `${title}: ${detail}`;
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isWords(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}

/** A value as a file would state it on one line. */
function wordsOf(value: unknown): string | null {
  if (value === undefined) return null;
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return `[${value.map(wordsOf).join(', ')}]`;
  if (!isMapping(value)) return JSON.stringify(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members.map(([name, member]) => `${name}: ${wordsOf(member)}`).join(', ')}}`;
}

/** One line a change: `~ step first-mail, brief: “old” → “new”`. Long words are cut to their first difference and some more. */
export function changeLine({ what, subject, setting, before, after }: Change): string {
  const name = setting === '' ? subject : `${subject}, ${setting}`;
  switch (what) {
    case 'added':
      return `+ ${name}: ${cut(after ?? '')}`;
    case 'removed':
      return `- ${name}: ${cut(before ?? '')}`;
    case 'moved':
      return `> ${name}: was ${before}, is ${after}`;
    case 'changed': {
      const [was, is] = aroundDifference(before ?? '', after ?? '');
      return `~ ${name}: ${was} → ${is}`;
    }
  }
}

const SHOWN = 120;

function cut(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= SHOWN ? line : `${line.slice(0, SHOWN - 1)}…`;
}

function aroundDifference(before: string, after: string): [string, string] {
  const [old, now] = [before.replaceAll(/\s+/g, ' ').trim(), after.replaceAll(/\s+/g, ' ').trim()];
  let same = 0;
  while (same < Math.min(old.length, now.length) && old[same] === now[same]) same++;
  // From the word before the first difference on, so that the words that changed are seen and not only that some did.
  const from =
    old.length <= SHOWN && now.length <= SHOWN ? 0 : Math.max(0, old.lastIndexOf(' ', Math.max(0, same - 20)) + 1);
  const shown = (text: string) => `${from > 0 ? '…' : ''}${cut(text.slice(from))}`;
  return [shown(old), shown(now)];
}
