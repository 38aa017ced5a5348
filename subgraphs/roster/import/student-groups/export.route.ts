import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify/sync';
import { selectPermittedSchools } from '../../../hierarchy/published';
import type { Caller } from '../../../shared/access/caller';
import type { Database } from '../../../shared/database/database';
import { badInput } from '../../../shared/errors';
import { guardedCell } from '../../../shared/formula-guard';
import type { RouteResponse, SubgraphRoute } from '../../../shared/subgraph/route';
import { columns } from './columns';
import { readExportPage, type ExportedGroup } from './export-page';
import { refuseWithoutGroupWrite } from './permission';

const groupsAtOnce = 500;
const header = `${columns.join(',')}\n`;

/** A group as a file lists it: a row of its own, then its users, then its students. */
function rowsOf({ name, school, year, subject, users, students }: ExportedGroup): string[][] {
  const group = [name, school, String(year)];
  return [
    [...group, subject ?? '', '', ''],
    ...users.map(login => [...group, '', '', login]),
    ...students.map(ssid => [...group, '', ssid, '']),
  ];
}

interface Wanted {
  caller: Caller;
  schoolYear: number | null;
}

/** A page of groups at a time, each in a transaction of its own: whoever reads slowly keeps no connection. */
async function* exported(database: Database, { caller, schoolYear }: Wanted): AsyncGenerator<string> {
  yield header;
  const schools = caller.tenantWide
    ? null
    : [...(await database.transaction(caller.tenantId, 'read', tx => selectPermittedSchools(tx, caller))).values()];
  let after: ExportedGroup | null = null;
  for (;;) {
    const page: ExportedGroup[] = await database.transaction(caller.tenantId, 'read', tx =>
      readExportPage(tx, { schools, schoolYear, after, first: groupsAtOnce }),
    );
    if (page.length === 0) return;
    // What a file brought is no formula; a school's id may have come another way.
    yield stringify(page.flatMap(rowsOf).map(row => row.map(guardedCell)));
    after = page.at(-1)!;
  }
}

const csv = (name: string, body: string | Readable): RouteResponse => ({
  status: 200,
  headers: { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': `attachment; filename="${name}"` },
  body,
});

/** GET /groups/export?schoolYear=: the groups of every school the caller may write for, as a file that could be sent. */
const exportGroups: SubgraphRoute = {
  method: 'GET',
  path: '/groups/export',
  handle: async ({ credentials, query }, { database, identify }) => {
    const caller = await identify(credentials);
    refuseWithoutGroupWrite(caller);
    const year = query.get('schoolYear');
    if (year !== null && !/^\d{4}$/.test(year)) throw badInput(`schoolYear must be a year such as 2018, not ${year}.`);
    const rows = exported(database, { caller, schoolYear: year === null ? null : Number(year) });
    return csv('groups.csv', Readable.from(rows, { objectMode: false }));
  },
};

/** GET /groups/template: the header alone. */
const template: SubgraphRoute = {
  method: 'GET',
  path: '/groups/template',
  handle: async ({ credentials }, { identify }) => {
    refuseWithoutGroupWrite(await identify(credentials));
    return csv('groups-template.csv', header);
  },
};

export const exportRoutes = [exportGroups, template];
