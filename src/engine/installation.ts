import { and, eq } from 'drizzle-orm';
import { keyedHash } from '../core/canonical-json.ts';
import { type Db, transact } from '../db/client.ts';
import { settings } from '../db/schema.ts';

/** Which outside a database belongs to: real Slack and mail, or the stand-ins of a sandbox. */
export type World = 'slack' | 'sandbox';

/** The database was made under another key or in another world; going on could mail people who opted out, or the wrong way. */
export class InstallationMismatch extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'InstallationMismatch';
  }
}

const KEY = 'installation';

/**
 * Marks a new database with its key and its world, and refuses a database that bears other marks. `world` is null for a
 * caller that has no outside (the command line), which is then only held to the key.
 *
 * @throws InstallationMismatch
 */
export async function claimInstallation(
  db: Db,
  { workspaceId, addressKey, world, now }: { workspaceId: string; addressKey: string; world: World | null; now: Date },
): Promise<void> {
  const keyMark = keyedHash(addressKey, 'countersign: which key is this?');
  await transact(db, async (tx) => {
    await tx
      .insert(settings)
      .values({ workspaceId, key: KEY, value: { keyMark }, updatedAt: now })
      .onConflictDoNothing();
    const [row] = await tx
      .select()
      .from(settings)
      .where(and(eq(settings.workspaceId, workspaceId), eq(settings.key, KEY)))
      .for('update');
    const marks = row?.value ?? {};
    if (marks['keyMark'] !== keyMark)
      throw new InstallationMismatch(
        'This database was made with another SECRET_KEY. With the wrong one, people who opted out would not be recognised: set the key it was made with.',
      );
    if (world === null) return;
    if (marks['world'] === undefined)
      await tx
        .update(settings)
        .set({ value: { ...marks, world }, updatedAt: now })
        .where(and(eq(settings.workspaceId, workspaceId), eq(settings.key, KEY)));
    else if (marks['world'] !== world)
      throw new InstallationMismatch(
        world === 'sandbox'
          ? 'This database belongs to a real Slack workspace: the sandbox would swallow its mails. Set DATABASE_URL or DATA_DIR to another one.'
          : "This database was filled in the sandbox: its leads and mails are made up. Set DATABASE_URL or DATA_DIR to one of the team's own.",
      );
  });
}
