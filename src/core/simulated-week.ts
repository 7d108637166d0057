/** One week of a simulation: what was decided, what went ahead without asking, and what should not have. */
export type SimulatedWeek = {
  /** 1-based. */
  week: number;
  decisions: number;
  /** Of them, approved without asking a person. */
  automatic: number;
  /** Of the automatic ones, those that a careful reviewer would have stopped. */
  leaked: number;
  mails: number;
  conversions: number;
  /** By cell, `kind workflow/step`: the highest risk that is approved without asking at the end of the week. */
  thresholds: Record<string, number>;
};

export type SimulationReport = {
  seed: number;
  perWeek: number;
  /** From this week on the model is bad; null when it stays as it is. */
  driftAtWeek: number | null;
  weeks: SimulatedWeek[];
};

/** Share of decisions that were automatic, 0…1; 0 in a week without decisions. */
export function automaticShare({ automatic, decisions }: SimulatedWeek): number {
  return decisions === 0 ? 0 : automatic / decisions;
}

/** Every cell that occurs, in the order of its name. */
export function cellsOf(weeks: readonly SimulatedWeek[]): string[] {
  return [...new Set(weeks.flatMap(({ thresholds }) => Object.keys(thresholds)))].toSorted();
}
