import { retrainLeadScore } from '../engine/learn-lead-score.ts';
import type { CommandDeps } from './leads.ts';

const help = `leads retrain

Learns the lead score from your own leads now, instead of waiting for the daily look. It is put in use only if it beats the present
one on the latest leads; what came of it is written down either way, and announced where the digest goes when it is in use.
`;

/** What follows `leads retrain`. @returns the exit code: 0 a newly learned score is in use, 1 it stays as it was, 2 not understood. */
export async function leadsRetrain(args: readonly string[], deps: CommandDeps): Promise<number> {
  const [first] = args;
  if (first === '--help' || first === '-h') {
    deps.out(help);
    return 0;
  }
  if (first !== undefined) {
    deps.err(`leads retrain takes nothing else; not understood: ${args.join(' ')}\n`);
    return 2;
  }
  const { learning, lines } = await retrainLeadScore(await deps.context(), 'cli');
  deps.out(`${lines.join('\n')}\n`);
  return learning.ok ? 0 : 1;
}
