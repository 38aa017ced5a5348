import { startExplorer, type Explorer } from './explorer';

let explorer: Explorer;
beforeAll(async () => {
  explorer = await startExplorer();
}, 180_000);
afterAll(() => explorer.close());

const admin = 'admin@india.demo';
const header = 'group_name,school_natural_id,school_year,subject_code,student_ssid,group_user_login';
const csv = (name: string, rows: string[]) => ({
  name,
  mimeType: 'text/csv',
  buffer: Buffer.from([header, ...rows, ''].join('\n')),
});

test('the page is there for administrators where the installation takes files, and for nobody else', async () => {
  const takesFiles = explorer.routes.some(route => /^POST \/(groups|oneroster)\/imports$/.test(route));
  for (const [login, isAdmin] of [[admin, true], ['officer@india.demo', false]] as const) {
    const { page, done } = await explorer.openAs(login);
    await page.getByRole('link', { name: 'Report' }).waitFor();
    expect(await page.getByRole('link', { name: 'Data' }).count()).toBe(isAdmin && takesFiles ? 1 : 0);
    await done();
  }
});

test('a good file is applied, a bad one is refused row by row', async () => {
  const { page, done } = await explorer.openAs(admin, '/data');
  if (!explorer.routes.includes('POST /groups/imports')) {
    await page.getByText('This installation takes no files').waitFor();
    return done();
  }
  const { hierarchyNode: school } = await explorer.ask(admin, '{ hierarchyNode(id: "g00001q") { externalId } }');
  const section = page.locator('section', { has: page.getByRole('heading', { name: 'Student groups' }) });
  const send = async (file: ReturnType<typeof csv>) => {
    await section.getByLabel('File', { exact: true }).setInputFiles(file);
    await section.getByRole('button', { name: 'Upload' }).click();
  };
  const messages = () => section.locator('.import-state tbody tr').evaluateAll(rows =>
    rows.map(row => [...row.querySelectorAll('td')].map(cell => cell.textContent)),
  );

  const group = `Reading,${school.externalId},2026`;
  await send(csv('good.csv', [`${group},ELA,s-1,`, `${group},ELA,s-2,teacher@india.demo`]));
  await section.getByText('good.csv is applied').waitFor();
  expect(await messages()).toEqual([['', `1 group accepted for ${school.externalId}.`]]);
  const { studentGroups } = await explorer.ask(
    admin,
    '{ studentGroups { nodes { name schoolYear students { totalCount } } } }',
  );
  expect(studentGroups.nodes).toEqual([{ name: 'Reading', schoolYear: 2026, students: { totalCount: 2 } }]);

  await send(csv('bad.csv', [`Reading,${school.externalId},20x6,ELA,s-1,`, 'Reading,nowhere,2026,Art,s-2,']));
  await section.getByText('bad.csv was not applied: it has mistakes').waitFor();
  expect(await messages()).toEqual([
    ['1', 'Invalid school year: 20x6'],
    ['2', 'Invalid subject: Art'],
    ['2', 'School [nowhere] can not be found'],
  ]);
  await done();
});

test('a bundle that is none is refused with its reason', async () => {
  const { page, done } = await explorer.openAs(admin, '/data');
  if (!explorer.routes.includes('POST /oneroster/imports')) {
    expect(await page.getByRole('heading', { name: 'OneRoster' }).count()).toBe(0);
    return done();
  }
  await page.getByLabel('Bundle (zip)').setInputFiles({
    ...{ name: 'none.zip', mimeType: 'application/zip', buffer: Buffer.from('no zip') },
  });
  const section = page.locator('section', { has: page.getByRole('heading', { name: 'OneRoster' }) });
  await section.getByRole('button', { name: 'Upload' }).click();
  await section.getByText(/The bundle cannot be imported/).waitFor();
  await page.context().close(); // its console tells of the 400
});
