import type { PeopleSwitches, Story } from './client/content.ts';
import { failed, ok, type Answer } from './respond.ts';

/** Simulated people, as far as the page deals with them. */
export type SimulatedPeople = {
  leads: boolean;
  reviewers: boolean;
  /** Newest last. */
  story(): Array<{ at: number; who: string; what: string }>;
};

const TOLD = 100;

export function peopleSwitches(people: SimulatedPeople | undefined): PeopleSwitches {
  return people ? { leads: people.leads, reviewers: people.reviewers } : null;
}

export function storyOf(people: SimulatedPeople | undefined): Story {
  return (people?.story() ?? []).slice(-TOLD).toReversed();
}

/** `POST /world/people { leads?, reviewers? }`, each true or false. */
export function switchPeople(people: SimulatedPeople | undefined, fields: Record<string, unknown>): Answer {
  if (!people) return failed(404, 'Nobody is simulated here.');
  const { leads = people.leads, reviewers = people.reviewers } = fields;
  if (typeof leads !== 'boolean' || typeof reviewers !== 'boolean')
    return failed(400, 'Expected true or false as leads and reviewers.');
  people.leads = leads;
  people.reviewers = reviewers;
  return ok(peopleSwitches(people));
}
