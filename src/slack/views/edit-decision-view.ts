import type { ModalView } from '@slack/types';
import type { CardFacts } from '../../engine/card-facts.ts';
import { views } from '../action-ids.ts';
import { concerns, noDraftText } from '../cards/concerns.ts';
import { kindCards } from '../cards/kind-cards.ts';
import { leadNamed } from '../cards/lead-words.ts';
import { lookBlocks } from '../cards/pending-card.ts';
import { encodeRef, refOf } from '../decision-ref.ts';
import { richText, section, words } from '../rich-text.ts';
import { editForms } from './edit-forms.ts';
import { modal } from './modal.ts';
import { originalInput } from './original-question.ts';

const MOST_POINTS = 20;

/** Editing is approving: what is submitted is what goes out. */
export function editDecisionView(facts: CardFacts): ModalView {
  const { noun } = kindCards[facts.kind];
  const form = editForms[facts.kind].inputs(facts);
  const written = facts.content === null;
  return modal({
    title: `${written ? 'Write' : 'Edit'} the ${noun}`,
    submit: {
      callback: views.editSubmit,
      label: 'Save and approve',
      metadata: encodeRef(refOf(facts), { seams: form.seams }),
    },
    blocks: [
      ...leadNamed(facts),
      ...(written ? richText(section(words(noDraftText(facts.modelProblem)))) : []),
      ...lookBlocks(concerns(facts), MOST_POINTS),
      ...form.blocks,
      ...(written ? [] : [originalInput(facts.kind)]),
    ],
  });
}
