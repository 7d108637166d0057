import { clopperPearsonLower, clopperPearsonUpper } from '../statistics/clopper-pearson.ts';

/** Checks with a draft that people had rejected: how many were answered, and how many of them were stopped. */
export type Catches = { checks: number; caught: number };

/** Too few say nothing of a team. */
const TEAM_CHECKS = 12;
const OWN_CHECKS = 8;
const UNTRUSTED_BELOW = 0.6;
const STREAK = 5;
/** Below this share of catches nothing is raised. */
const BRAKE_BELOW = 0.5;
/** A bound of 0 would ask for endless evidence; the brake holds everything by then. */
const LEAST = 0.01;

/** π_L: the team stops at least this share of bad drafts (95 % one-sided, Clopper–Pearson); null while too few checks were answered. */
export function catchBound({ checks, caught }: Catches): number | null {
  return checks < TEAM_CHECKS ? null : Math.max(LEAST, clopperPearsonLower(caught, checks, 0.95));
}

/** Why nothing is raised on approvals of a team that stops too little, as people read it, without numbers about them; null where it does not. */
export function catchBrake({ checks, caught }: Catches): string | null {
  return checks >= TEAM_CHECKS && caught / checks < BRAKE_BELOW ? 'fewer than half of the checks were caught' : null;
}

/**
 * Whether a reviewer's approvals count as evidence. They do, until at least 8 checks say with 90 % confidence that fewer than
 * 60 % are caught; then not, until 5 in a row were. What came before that is forgotten.
 *
 * @param caught one entry an answered check, oldest first
 */
export function isTrusted(caught: readonly boolean[]): boolean {
  let trusted = true;
  let counted: Catches = { checks: 0, caught: 0 };
  // Counted all along: the catch at which it was noticed may be the first of the five.
  let streak = 0;
  for (const hit of caught) {
    streak = hit ? streak + 1 : 0;
    if (trusted) {
      counted = { checks: counted.checks + 1, caught: counted.caught + (hit ? 1 : 0) };
      trusted =
        counted.checks < OWN_CHECKS || clopperPearsonUpper(counted.caught, counted.checks, 0.9) >= UNTRUSTED_BELOW;
    }
    if (trusted || streak < STREAK) continue;
    trusted = true;
    counted = { checks: STREAK, caught: STREAK };
  }
  return trusted;
}
