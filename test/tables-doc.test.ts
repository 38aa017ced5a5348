import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Client } from 'pg';
import { subgraphs } from '../subgraphs';
import { projectRoot } from '../subgraphs/shared/project-root';
import { createTestDatabase } from './database';

interface Line {
  owner: string;
  readers: string[];
  writers: string[];
}

/** The rows of the table in docs/tables.md. */
const rows = [...read('docs/tables.md').matchAll(/^\| `(\w+)` \|(.*)\|$/gm)].map(([, table, rest]): [string, Line] => {
  const [owner, readers, writers] = rest!.split('|').map(cell => cell.trim().split(', ').filter(name => name !== ''));
  return [table!, { owner: owner!.join(), readers: readers!, writers: writers! }];
});
const lines = new Map(rows);

function read(file: string): string {
  return readFileSync(path.join(projectRoot, file), 'utf8');
}

/** Which rooms name a table in their SQL; names that are put into a statement as it is made are not seen. */
function roomsThat(words: string): (table: string) => string[] {
  const rooms = new Map<string, Set<string>>();
  for (const top of ['subgraphs', 'cli']) {
    for (const file of readdirSync(path.join(projectRoot, top), { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue;
      const room = top === 'cli' ? 'cli' : file.split(path.sep)[0]!;
      const code = read(path.join(top, file)).replace(/^\s*(\/\/|--|\*|\/\*).*$/gm, '');
      for (const [, table] of code.matchAll(new RegExp(`\\b(?:${words})\\s+(\\w+)`, 'g'))) {
        rooms.set(table!, (rooms.get(table!) ?? new Set()).add(room));
      }
    }
  }
  return table => [...(rooms.get(table) ?? [])].sort();
}

const writersOf = roomsThat('insert into|update|delete from|merge into');
const readersOf = roomsThat('(?<!delete )from|join|using');

test('docs/tables.md has one line for each table of the migrated database, and for nothing else', async () => {
  const database = await createTestDatabase();
  const client = new Client({ connectionString: database.adminUrl });
  await client.connect();
  const { rows: tables } = await client.query<{ name: string }>(
    `select pg_class.relname as name from pg_class
     where pg_class.relnamespace = 'public'::regnamespace
       and pg_class.relkind in ('r', 'p') and not pg_class.relispartition`,
  );
  await client.end();
  await database.drop();
  // One line each: a second would say something else.
  expect(rows.map(([table]) => table).sort()).toEqual(tables.map(({ name }) => name).sort());
});

test('each table has one owner, a subgraph or what they share, which uses it', () => {
  const owners = [...subgraphs.map(({ name }) => name), 'shared'];
  for (const [table, { owner }] of lines) {
    expect([table, owners]).toEqual([table, expect.arrayContaining([owner])]);
    expect([table, [...readersOf(table), ...writersOf(table)]]).toEqual([table, expect.arrayContaining([owner])]);
  }
});

test('others read a table, or write it, where its line says so', () => {
  for (const [table, { owner, readers, writers }] of lines) {
    const others = (rooms: string[]) => rooms.filter(room => room !== owner);
    expect([table, 'read by', ...readers]).toEqual([table, 'read by', ...others(readersOf(table))]);
    expect([table, 'written by', ...writers]).toEqual([table, 'written by', ...others(writersOf(table))]);
  }
});
