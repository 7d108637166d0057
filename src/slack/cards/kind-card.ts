import type { KnownBlock } from '@slack/types';
import type { CardFacts } from '../../engine/card-facts.ts';

export type Shown = {
  blocks: KnownBlock[];
  /** Characters of the proposal that did not fit; 0 when all of it is shown. */
  hidden: number;
};

/** How one kind of decision looks. Everything else about cards works on any kind through this. */
export type KindCard = {
  /** Opens the header: 'E-mail to'. */
  title: string;
  /** In a sentence: 'the e-mail to'. */
  about: string;
  /** 'e-mail': what "Reject this …" names; with `title` at most 24 characters. */
  noun: string;
  /** '3 e-mails'. */
  counted: { one: string; many: string };
  /** Its proposal lists its own reasons: the model's rationale says them again, and stands behind "Why?" alone. */
  selfExplained: boolean;
  /**
   * The proposal in at most about `budget` characters. Called only where there is one.
   *
   * @param all with what the program adds by itself (a mail's footer), so that nothing that would leave is unseen; without
   *   it, as little space as recognising it takes
   */
  proposal(facts: CardFacts, budget: number, all: boolean): Shown;
  /** The proposal as literal text, for notifications and screen readers. Called only where there is one. */
  plain(facts: CardFacts): string;
};
