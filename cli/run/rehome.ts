import { readFileSync } from 'node:fs';
import { CsvError, parse } from 'csv-parse/sync';
import { rehome, type Rehomed, type Rehoming } from '../../subgraphs/hierarchy/groups/rehome';
import { BadInput } from '../../subgraphs/shared/bad-input';
import { Problem } from '../../subgraphs/shared/errors';
import type { OpenDatabase } from './database';
import { chosenTenants, withPatience } from './tenants';

const required = ['old_group_id', 'new_group_id'];
const columns = [...required, 'type'];

/** The rows of a map of old and new group ids. What cannot be read is refused as a whole. */
export function readMap(path: string): Rehoming[] {
  let records: { record: Record<string, string>; info: { lines: number } }[];
  try {
    records = parse(readFileSync(path), { bom: true, trim: true, skip_empty_lines: true, columns: checkHeader, info: true });
  } catch (error) {
    if (error instanceof CsvError) throw new BadInput(`${path}: ${error.message}`);
    if ((error as NodeJS.ErrnoException).code) throw new BadInput(`${path} cannot be read: ${(error as Error).message}`);
    throw error;
  }
  const rows = records.map(({ record, info: { lines: line } }) => {
    const [oldId, newId] = required.map(column => {
      const id = record[column];
      if (!id) throw new BadInput(`${path}, line ${line}: ${column} is empty; a group's id is expected`);
      return id;
    });
    return { line, oldId: oldId!, newId: newId!, type: record.type || null };
  });
  if (rows.length === 0) throw new BadInput(`${path}: expected rows of ${required.join(', ')} below the header; there are none`);
  return rows;
}

function checkHeader(header: string[]): string[] {
  const names = header.map(name => name.trim().toLowerCase());
  const missing = required.filter(column => !names.includes(column));
  const unknown = names.filter(name => !columns.includes(name));
  if (missing.length > 0 || unknown.length > 0) {
    throw new BadInput(`expected the columns ${required.join(', ')} and, if need be, type; ${names.join(', ')} came`);
  }
  return names;
}

/** Takes a customer's groups along to their new ids, in one transaction. */
export const rehomeFrom = (
  database: OpenDatabase,
  { path, tenant, now }: { path: string; tenant?: string; now: Date },
): Promise<Rehomed & { tenant: string }> => {
  const rows = readMap(path);
  return withPatience(database, async connection => {
    const tenants = await chosenTenants(connection, tenant);
    if (tenants.length !== 1) {
      throw new BadInput(`Please name the tenant with --tenant: ${tenants.map(one => one.externalId).join(', ') || 'there is none'}`);
    }
    const { number, externalId } = tenants[0]!;
    try {
      return { tenant: externalId, ...(await connection.transaction(number, 'write', tx => rehome(tx, rows, now))) };
    } catch (error) {
      throw error instanceof Problem ? new BadInput(error.message) : error;
    }
  });
};
