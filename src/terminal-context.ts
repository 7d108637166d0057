import { transact, type Database, openDatabase } from './db/client.ts';
import { ensureWorkspace } from './db/workspaces.ts';
import type { Config } from './config.ts';
import type { Context } from './engine/context.ts';
import { claimInstallation } from './engine/installation.ts';
import { createIds } from './ids.ts';
import { createLog } from './log.ts';
import { keptSecret, keysFrom } from './secret-key.ts';

/**
 * A Context for one command: the database, clock and ids are real; model, mail and Slack belong to the running program,
 * which finds in the rows what is to be done. A command that reaches for them is a mistake of ours, and says so.
 */
export function openTerminal(
  config: Config,
  bytes: (size: number) => Buffer,
): { context(): Promise<Context>; close(): Promise<void> } {
  let database: Database | null = null;
  const absent = (what: string) => (): never => {
    throw new Error(`${what} is not at hand on the command line`);
  };
  return {
    async context() {
      database ??= await openDatabase(
        config.databaseUrl
          ? { engine: 'postgres', url: config.databaseUrl }
          : { engine: 'pglite', directory: config.dataDir },
      );
      const now = () => new Date();
      const ids = createIds(now, bytes);
      const workspace = await transact(database.db, (tx) =>
        ensureWorkspace(tx, {
          id: ids.id(),
          name: config.workspace.name,
          timezone: config.workspace.timezone,
          now: now(),
        }),
      );
      const secrets = keysFrom(config.secretKey ?? (await keptSecret(config.dataDir)));
      await claimInstallation(database.db, {
        workspaceId: workspace.id,
        addressKey: secrets.addressKey,
        world: null,
        now: now(),
      });
      return {
        db: database.db,
        workspaceId: workspace.id,
        clock: { now },
        machine: { now },
        ids,
        secrets,
        settings: {
          publicUrl: config.publicUrl,
          leaseMs: 120_000,
          sendLeaseMs: 50_000,
          approvalHoldsMs: 7 * 86_400_000,
          modelTokensPerDay: config.modelTokensPerDay,
        },
        model: { propose: absent('the model'), version: absent('the model') },
        mail: { open: absent('the mail server') },
        webhooks: { post: absent('the network') },
        slack: {
          render: { card: absent('Slack'), digest: absent('Slack'), notice: absent('Slack') },
          post: absent('Slack'),
          update: absent('Slack'),
          find: absent('Slack'),
        },
        directory: { person: absent('Slack'), groupMembers: absent('Slack') },
        // The running program's own tick finds what this made due.
        queue: { send: async () => {}, wake() {} },
        log: createLog('warn', []),
      };
    },
    async close() {
      await database?.close();
    },
  };
}
