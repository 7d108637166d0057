import { readFileSync } from 'node:fs';
import postgres from 'postgres';
import { inject } from 'vitest';
import { type Database, openDatabase } from '../../src/db/client.ts';
import { freshDatabaseName } from './postgres-server.ts';

export const engines = ['pglite', 'postgres'] as const;
export type Engine = (typeof engines)[number];

export type TestDatabase = Database & {
  /** Where a second process can reach it; null on PGlite. */
  url: string | null;
};

/** A database of a test's own, migrated and empty. */
export async function testDatabase(engine: Engine = 'pglite'): Promise<TestDatabase> {
  if (engine === 'pglite') {
    const database = await openDatabase({ engine, template: new Blob([readFileSync(inject('pgliteTemplate'))]) });
    return { ...database, url: null };
  }
  const name = freshDatabaseName();
  const admin = postgres(inject('postgresUrl'), { max: 1, onnotice: () => {} });
  await admin.unsafe(`create database ${name} template ${inject('postgresTemplate')}`);
  const url = new URL(inject('postgresUrl'));
  url.pathname = `/${name}`;
  const database = await openDatabase({ engine, url: url.href });
  return {
    ...database,
    url: url.href,
    async close() {
      await database.close();
      await admin.unsafe(`drop database if exists ${name} with (force)`);
      await admin.end();
    },
  };
}
