import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { openDatabase } from '../../src/db/client.ts';
import { startPostgres } from './postgres-server.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    pgliteTemplate: string;
    postgresUrl: string;
    postgresTemplate: string;
  }
}

/** One migrated template of each engine a run; a test file clones it in a fraction of a second. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-template-'));
  const embedded = await openDatabase({ engine: 'pglite', template: null });
  const template = join(folder, 'template.tar');
  writeFileSync(template, Buffer.from(await (await embedded.dump()).arrayBuffer()));
  await embedded.close();
  const server = await startPostgres();
  const name = `template_${process.pid}_${Date.now()}`;
  const { default: postgres } = await import('postgres');
  const admin = postgres(server.url, { max: 1, onnotice: () => {} });
  await admin.unsafe(`create database ${name}`);
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  await (await openDatabase({ engine: 'postgres', url: url.href })).close();
  project.provide('pgliteTemplate', template);
  project.provide('postgresUrl', server.url);
  project.provide('postgresTemplate', name);
  return async () => {
    await admin.unsafe(`drop database if exists ${name} with (force)`);
    await admin.end();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}
