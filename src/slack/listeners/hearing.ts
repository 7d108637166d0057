import type { WebClient } from '@slack/web-api';
import type { Log } from '../../engine/context.ts';
import type { SlackVerbs } from '../verbs.ts';

/** What every listener works with. */
export type Hearing = {
  verbs: SlackVerbs;
  /** Short timeout, no retries: somebody waits. */
  interactive: WebClient;
  log: Log;
  clock: { now(): Date };
  machine: { now(): Date };
};
