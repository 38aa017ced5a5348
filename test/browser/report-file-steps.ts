import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Download, Page } from 'playwright-core';
import { lockMaking } from '../../subgraphs/reporting/exports/making.queries';
import { exportNumber, tenantNumber } from '../../subgraphs/shared/identifiers';
import { connectOwner } from '../fixture';
import type { Explorer } from './explorer';

export const admin = 'admin@india.demo';
export const period = { from: '2026-01-01', through: '2026-01-31' };

export interface Wish {
  format: 'CSV' | 'Excel (XLSX)' | 'PDF';
  withLevels?: boolean;
}

export async function make(page: Page, { format, withLevels = false }: Wish): Promise<void> {
  await page.getByRole('button', { name: 'Download', exact: true }).click();
  const group = page.getByRole('group', { name: 'Make a file' });
  await group.getByLabel('With every level below').setChecked(withLevels);
  await group.getByRole('button', { name: format, exact: true }).click();
}

export const made = async (page: Page, wish: Wish): Promise<{ file: Download; bytes: Buffer }> => {
  const [file] = await Promise.all([page.waitForEvent('download'), make(page, wish)]);
  return { file, bytes: readFileSync((await file.path())!) };
};

/** What the tests of report files do with the API of an explorer that is running by then. */
export function fileStepsOf(explorer: () => Explorer) {
  const keptFiles = async (login: string): Promise<string[]> =>
    (await explorer().ask(login, '{ exports(first: 100) { nodes { id } } }')).exports.nodes.map(({ id }: { id: string }) => id);
  const removeFile = (login: string, id: string) =>
    explorer().ask(login, 'mutation ($id: ID!) { removeExport(id: $id) { id } }', { id });
  const requestFile = async (login: string, input: object): Promise<string> =>
    (await explorer().ask(login, 'mutation ($input: ExportInput!) { requestExport(input: $input) { id } }', { input })).requestExport.id;
  const statusOf = async (login: string, id: string): Promise<string | undefined> =>
    (await explorer().ask(login, 'query ($id: ID!) { export(id: $id) { status } }', { id })).export?.status;

  async function untilMade(login: string, id: string): Promise<void> {
    while ((await statusOf(login, id)) !== 'COMPLETED') await sleep(50);
  }

  /** Keeps every worker from the next files of the demo's tenant, as if another process were at them, until it is called. */
  async function holdMaking(): Promise<() => Promise<void>> {
    const owner = await connectOwner(explorer().database.url);
    const last = exportNumber(await requestFile(admin, { nodeId: 'g000002', format: 'CSV', period }))!;
    const tenantId = tenantNumber(explorer().people.find(({ login }) => login === admin)!.tenant.id)!;
    let release!: () => void;
    const released = new Promise<void>(resolve => (release = resolve));
    let ended!: Promise<void>;
    await new Promise<void>((held, failed) => {
      ended = owner.transaction(tenantId, 'read', async tx => {
        for (let id = last + 1; id <= last + 5; id++) expect(await lockMaking(tx, id)).toBe(true);
        held();
        await released;
      });
      ended.catch(failed);
    });
    return async () => {
      release();
      await ended;
      await owner.close();
    };
  }

  const grantOf = async (login: string) => {
    const { viewer } = await explorer().ask(login, '{ viewer { id } }');
    const { grants } = await explorer().ask(admin, 'query ($id: ID!) { grants(userId: $id) { group { id } } }', { id: viewer.id });
    const change = (name: string) =>
      explorer().ask(admin, `mutation ($userId: ID!, $groupId: ID!) { ${name}(userId: $userId, groupId: $groupId) { userId } }`, {
        ...{ userId: viewer.id, groupId: grants[0].group.id },
      });
    return { groupId: grants[0].group.id as string, revoke: () => change('revokeAccess'), give: () => change('grantAccess') };
  };

  return { keptFiles, removeFile, requestFile, untilMade, holdMaking, grantOf };
}
