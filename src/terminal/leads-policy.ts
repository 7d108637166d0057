import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parse, stringify } from 'yaml';
import { mergePolicySchema, sourceKinds } from '../core/merge-policy.ts';
import { mergePolicy, setMergePolicy } from '../engine/merge-lead.ts';
import { fileTrouble } from './file-trouble.ts';
import type { CommandDeps } from './leads.ts';

const help = `leads policy show | set FILE.yaml

Which source wins when two differ over a value of a lead. FILE holds, for example:

  default: newest            # what was set later stays (so it is unless you say otherwise)
  fields:
    country: first           # what was known first stays; others only fill gaps
    company: [webhook, import]   # whoever stands earlier wins, whenever it was

Sources: ${sourceKinds.join(', ')}. An empty value never replaces anything, and what a person wrote only a person replaces.
`;

/** @returns 0 done, 1 refused, 2 not understood. */
export async function leadsPolicyCommand(args: string[], deps: CommandDeps): Promise<number> {
  const [verb, file, ...more] = args;
  if (verb === '--help' || verb === '-h') {
    deps.out(help);
    return 0;
  }
  if (verb === 'show' && file === undefined) {
    const ctx = await deps.context();
    deps.out(stringify(await mergePolicy(ctx.db, ctx.workspaceId)));
    return 0;
  }
  if (verb !== 'set' || file === undefined || more.length > 0) {
    deps.err(help);
    return 2;
  }
  let text: string;
  try {
    text = await readFile(resolve(deps.cwd, file), 'utf8');
  } catch (error) {
    const trouble = fileTrouble(error, file);
    if (trouble === null) throw error;
    deps.err(`${trouble}\n`);
    return 1;
  }
  const read = readPolicy(text);
  if (!read.ok) {
    deps.err(read.problems.map((problem) => `${file}: ${problem}\n`).join(''));
    return 1;
  }
  await setMergePolicy(await deps.context(), read.policy, 'person:terminal');
  deps.out('From now on leads are merged so. What was merged before stays as it is.\n');
  return 0;
}

type ReadPolicy = { ok: true; policy: Parameters<typeof setMergePolicy>[1] } | { ok: false; problems: string[] };

function readPolicy(text: string): ReadPolicy {
  let value: unknown;
  try {
    value = parse(text, { maxAliasCount: 0 });
  } catch (error) {
    return { ok: false, problems: [`this is not YAML: ${error instanceof Error ? error.message : String(error)}`] };
  }
  const parsed = mergePolicySchema.safeParse(value);
  if (parsed.success) return { ok: true, policy: parsed.data };
  return {
    ok: false,
    problems: parsed.error.issues.map((issue) => `${issue.path.map(String).join('.') || 'the file'}: ${issue.message}`),
  };
}
