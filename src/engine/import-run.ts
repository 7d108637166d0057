import type { ImportOddity } from '../core/data-quality/import-profile.ts';
import type { IncomingLead } from '../core/lead.ts';

export type ReadyLead = { line: number; emailHash: string; lead: IncomingLead };

/** What an import does with the leads that were read: stages and commits them, or only compares. */
export type ImportRun = {
  /** No address stands in `batch` twice. */
  take(batch: readonly ReadyLead[]): Promise<void>;
  finish(facts: { fileHash: string; total: number; rejected: number }): Promise<RunResult>;
  /** Leaves nothing behind. */
  giveUp(): Promise<void>;
};

/** What an import would do to one known lead: its values that change. */
export type LeadDifference = {
  email: string;
  changes: Array<{ name: string; before: string | null; after: string | null }>;
};

export type RunResult = {
  /** Null for a dry run. */
  batchId: string | null;
  created: number;
  merged: number;
  unchanged: number;
  /** Under `unchanged`: people who asked to be forgotten, and are. */
  erased: number;
  enrolled: number;
  /** Leads of the file that may not be mailed, and will not be. */
  suppressed: number;
  /** When this very file was imported last. */
  importedBefore: Date | null;
  /** Of a dry run: the first few leads that would change. */
  differences: LeadDifference[];
  /** How it is unlike the imports before; its leads wait for a person's word when there is anything. Empty for a dry run. */
  held: ImportOddity[];
};
