import { fileURLToPath } from 'node:url';
import { migrate as migratePglite } from 'drizzle-orm/pglite/migrator';
import { drizzle as drizzlePostgres } from 'drizzle-orm/postgres-js';
import { migrate as migratePostgres } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';
import type { Db } from './client.ts';

const migrationsFolder = fileURLToPath(new URL('./migrations', import.meta.url));
/** Any number, the same in every process: the right to migrate. */
const MIGRATION_LOCK = 7_266_731_904;

/**
 * Brings the schema up to date. On PostgreSQL on a connection of its own under a session advisory lock, so that processes
 * which start together migrate one after the other; the lock goes with the connection, whatever happens.
 */
export async function migrateDatabase(db: Db, url: string | null): Promise<void> {
  if (url === null) {
    await migratePglite(db as unknown as Parameters<typeof migratePglite>[0], { migrationsFolder });
    return;
  }
  const client = postgres(url, {
    max: 1,
    onnotice: () => {},
    connection: { lock_timeout: 30_000, application_name: 'countersign-migrate' },
  });
  try {
    await client`select pg_advisory_lock(${MIGRATION_LOCK})`;
    await migratePostgres(drizzlePostgres({ client }), { migrationsFolder });
  } finally {
    await client.end({ timeout: 5 });
  }
}
