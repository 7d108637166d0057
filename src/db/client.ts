import { PGlite } from '@electric-sql/pglite';
import { type SQL, sql } from 'drizzle-orm';
import type { PgDatabase, PgTransaction } from 'drizzle-orm/pg-core';
import type { PgQueryResultHKT } from 'drizzle-orm/pg-core/session';
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite';
import { drizzle as drizzlePostgres } from 'drizzle-orm/postgres-js';
import { fromPglite, type Db as JobDatabase } from 'pg-boss';
import postgres from 'postgres';
import { lockDataDirectory } from './data-lock.ts';
import { migrateDatabase } from './migrate.ts';
import * as schema from './schema.ts';

declare const outsideTransaction: unique symbol;

/** A database connection on which nothing is open. Verbs take this and open their own transactions. */
export type Db = PgDatabase<PgQueryResultHKT, typeof schema> & { readonly [outsideTransaction]?: true };
/** An open transaction. The functions of `db/` take this where they must not stand alone. */
export type Tx = PgTransaction<PgQueryResultHKT, typeof schema>;
/** Either: a read that does not care. */
export type DbOrTx = Db | Tx;

export type Database = {
  db: Db;
  engine: 'pglite' | 'postgres';
  /** The door for the job store, which shares this database. */
  jobs: JobDatabase;
  /** Writes the whole embedded database into one blob, for test templates. Only on PGlite. */
  dump(): Promise<Blob>;
  close(): Promise<void>;
};

export type DatabaseOptions =
  | { engine: 'postgres'; url: string; poolSize?: number }
  | { engine: 'pglite'; directory: string }
  | { engine: 'pglite'; template: Blob | null };

/** Opens, locks and migrates. @throws DataDirectoryHeld when another process holds the embedded database. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const database =
    options.engine === 'postgres' ? openPostgres(options.url, options.poolSize ?? 8) : await openPglite(options);
  try {
    await migrateDatabase(database.db, options.engine === 'postgres' ? options.url : null);
  } catch (error) {
    await database.close();
    throw error;
  }
  return database;
}

function openPostgres(url: string, poolSize: number): Database {
  const quiet = { onnotice: () => {}, connection: { application_name: 'countersign' } };
  const client = postgres(url, { ...quiet, max: poolSize });
  const db = drizzlePostgres({ client, schema }) as unknown as Db;
  // The job store issues BEGIN … COMMIT blocks in one call and encodes its JSON itself: it gets a small pool of its own,
  // one reserved connection a call, on which JSON strings pass through as they are.
  const json = {
    to: 114,
    from: [114, 3802],
    serialize: (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value)),
    parse: (text: string): unknown => JSON.parse(text),
  };
  const jobsClient = postgres(url, { ...quiet, max: 4, types: { json } });
  const jobs: JobDatabase = {
    async executeSql(text, values) {
      const connection = await jobsClient.reserve();
      try {
        const result: unknown = await connection.unsafe(text, values ?? []);
        return { rows: flattenRows(result) };
      } catch (error) {
        // A block that failed halfway leaves its transaction open: whoever gets this connection next would fail for it.
        await connection.unsafe('rollback').catch(() => {});
        throw error;
      } finally {
        connection.release();
      }
    },
  };
  return {
    db,
    engine: 'postgres',
    jobs,
    dump: () => Promise.reject(new Error('only the embedded database can be dumped')),
    async close() {
      await jobsClient.end({ timeout: 5 });
      await client.end({ timeout: 5 });
    },
  };
}

/** A call of several statements answers with one result a statement: their rows, in order. */
function flattenRows(result: unknown): Record<string, unknown>[] {
  if (!Array.isArray(result)) return [];
  return result.flatMap((entry: unknown) =>
    Array.isArray(entry) ? (entry as Record<string, unknown>[]) : [entry as Record<string, unknown>],
  );
}

async function openPglite(options: Exclude<DatabaseOptions, { engine: 'postgres' }>): Promise<Database> {
  const release = 'directory' in options ? await lockDataDirectory(options.directory) : async () => {};
  const client =
    'directory' in options
      ? new PGlite(`${options.directory}/pglite`)
      : options.template
        ? new PGlite({ loadDataDir: options.template })
        : new PGlite();
  try {
    await client.waitReady;
  } catch (error) {
    await release();
    throw error;
  }
  return {
    db: drizzlePglite({ client, schema }) as unknown as Db,
    engine: 'pglite',
    jobs: fromPglite(client),
    dump: () => client.dumpDataDir('none'),
    async close() {
      await client.close();
      await release();
    },
  };
}

/** Rows of a raw statement, the same shape on both databases. Cast counts and bigints in SQL. */
export async function rows<T extends Record<string, unknown>>(db: DbOrTx, query: SQL): Promise<T[]> {
  const result: unknown = await db.execute(query);
  if (Array.isArray(result)) return [...result] as T[];
  return (result as { rows: T[] }).rows;
}

/** The name of the violated unique constraint, or null when `error` is something else. */
export function uniqueViolation(error: unknown): string | null {
  const cause = error instanceof Error && error.cause ? error.cause : error;
  if (typeof cause !== 'object' || cause === null || !('code' in cause) || cause.code !== '23505') return null;
  const { constraint, constraint_name: name } = cause as { constraint?: string; constraint_name?: string };
  return constraint ?? name ?? '';
}

const RETRYABLE = new Set(['40P01', '40001']);

function retryable(error: unknown): boolean {
  const cause = error instanceof Error && error.cause ? error.cause : error;
  return typeof cause === 'object' && cause !== null && 'code' in cause && RETRYABLE.has(String(cause.code));
}

/**
 * One transaction; a deadlock or serialisation failure is tried again, at most five times in all. `work` may therefore run
 * more than once: it must do nothing outside the transaction.
 */
export async function transact<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction((tx) => work(tx as unknown as Tx));
    } catch (error) {
      if (attempt >= 5 || !retryable(error)) throw error;
    }
  }
}

/** Binds an array as one parameter: `= any(${list(ids)}::uuid[])`. A bare array throws on both databases. */
export function list(values: readonly (string | number)[]): SQL {
  return sql`${sql.param(values)}`;
}
