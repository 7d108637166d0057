import type { ReasonCode, Settler } from './decision.ts';
import type { EditChange } from './kinds/kind-rules.ts';

/**
 * What a verdict is worth as evidence about the AI. Rules of the label (docs/autonomy.md): approved as it is 0, minor edit
 * 0, major edit 1, rejected 1; silence is no label. What can make an approval worthless only ever takes approvals away:
 * leaving them out can make the policy more careful, never bolder. A person's rejection or major edit of what the model
 * proposed always counts.
 */
export type EvidenceFacts = {
  verdict: 'approve' | 'edit' | 'reject';
  actor: Settler;
  via: 'button' | 'modal' | 'cli' | 'gate' | 'clock' | 'system';
  /** Seeded checks measure reviewers, not the AI. */
  purpose: 'live' | 'seeded_check';
  /** The model made one: what a person wrote alone says nothing about the model. */
  hasProposal: boolean;
  change: EditChange | null;
  /** The reviewer's answer to "would the original have been OK to send?"; only asked between minor and major. */
  originalOk: boolean | null;
  reasons: readonly ReasonCode[];
  /** The reviewer marked the rejection as serious: sending it would have broken a rule. */
  markedCritical: boolean;
  /** Milliseconds of business time since the card was shown or the same person's last verdict, whichever is later; null when unknown, which is hasty. */
  attentionGapMs: number | null;
  /** Words on the card that have to be read. */
  words: number;
  /** The whole text, or Why?, was opened before the verdict. */
  openedDetails: boolean;
  /** The catch rate of this reviewer is not in doubt (docs/autonomy.md, seeded checks). */
  reviewerTrusted: boolean;
  /** Among the cell's labels of this epoch, how many approvals count already, and how many of them are this reviewer's. */
  approvals: { counted: number; byThisReviewer: number };
  leadIsTest: boolean;
};

export type Label = { counts: true; loss: 0 | 1; critical: boolean } | { counts: false; because: NoLabel };

export type NoLabel =
  | 'not_a_person'
  | 'seeded_check'
  | 'no_proposal'
  | 'test_lead'
  | 'bypass'
  | 'hasty'
  | 'untrusted_reviewer'
  | 'one_reviewer'
  | 'original_unknown';

/** Up to this word-level edit effort an edit is minor, above the other it is major; between, the reviewer is asked. */
const MINOR_EFFORT = 0.1;
const MAJOR_EFFORT = 0.3;
/** A false claim is one where the reviewer says so: a wrong detail is no broken rule. */
const CRITICAL: readonly ReasonCode[] = ['wrong_person', 'opt_out', 'legal'];
/** Nobody reads faster than 700 words a minute; a second and a half to move the hand. */
const READING_FLOOR_MS = 1_500;
const MS_A_WORD = 60_000 / 700;
/** One person's approvals count up to so many, and beyond that up to this share of all: nothing is certified by one pair of eyes. */
const COUNT_OF_ONE = 20;
const LARGEST_SHARE = 0.7;

/** What the verdict says about the proposal as the model made it; `ask` where only the reviewer can tell. */
export function editSize(change: EditChange): 'minor' | 'major' | 'ask' {
  if (change.majorFields.length > 0 || change.effort > MAJOR_EFFORT) return 'major';
  return change.effort <= MINOR_EFFORT ? 'minor' : 'ask';
}

/** The shortest time in which anybody can have read so many words, milliseconds. */
export function readingFloorMs(words: number): number {
  return READING_FLOOR_MS + words * MS_A_WORD;
}

export function labelOf(facts: EvidenceFacts): Label {
  if (facts.actor !== 'person') return none('not_a_person');
  if (facts.purpose === 'seeded_check') return none('seeded_check');
  if (!facts.hasProposal) return none('no_proposal');
  if (facts.verdict === 'reject') {
    const critical = facts.markedCritical || facts.reasons.some((reason) => CRITICAL.includes(reason));
    return { counts: true, loss: 1, critical };
  }
  const loss = facts.verdict === 'approve' ? 0 : lossOfEdit(facts);
  if (loss === null) return none('original_unknown');
  if (loss === 1) return { counts: true, loss, critical: false };
  const worthless = whyApprovalDoesNotCount(facts);
  return worthless === null ? { counts: true, loss: 0, critical: false } : none(worthless);
}

function lossOfEdit({ change, originalOk }: EvidenceFacts): 0 | 1 | null {
  if (change === null) return null;
  const size = editSize(change);
  if (size !== 'ask') return size === 'minor' ? 0 : 1;
  return originalOk === null ? null : originalOk ? 0 : 1;
}

function whyApprovalDoesNotCount(facts: EvidenceFacts): NoLabel | null {
  // The command line settles without a card before anybody's eyes.
  if (facts.via !== 'button' && facts.via !== 'modal') return 'bypass';
  if (facts.leadIsTest) return 'test_lead';
  if (isHasty(facts)) return 'hasty';
  if (!facts.reviewerTrusted) return 'untrusted_reviewer';
  const { counted, byThisReviewer } = facts.approvals;
  if (byThisReviewer + 1 > Math.max(COUNT_OF_ONE, LARGEST_SHARE * (counted + 1))) return 'one_reviewer';
  return null;
}

/** Who opened the whole text has it before them longer than the gap tells; but nobody opens, reads and decides in no time. */
function isHasty({ attentionGapMs: gap, openedDetails, words }: EvidenceFacts): boolean {
  return !((gap ?? 0) >= (openedDetails ? READING_FLOOR_MS : readingFloorMs(words)));
}

function none(because: NoLabel): Label {
  return { counts: false, because };
}
