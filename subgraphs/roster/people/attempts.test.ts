import { countAttempts, mostAttempts } from './attempts';

const address = '203.0.113.9';

/** How many of some attempts are let through. */
async function through(attempts: { address?: string; name: string }[]): Promise<number> {
  const counted = countAttempts();
  let good = 0;
  for (const { name, address: from } of attempts) {
    if ((await counted.begin({ address: from ?? address, login: { tenant: 'acme', name } })) === 0) good++;
  }
  return good;
}

const many = (more: (n: number) => { address?: string; name: string }) => Array.from({ length: mostAttempts.address }, (_, n) => more(n));

test.each([
  ['in capitals', ['admin@acme.example', 'ADMIN@ACME.EXAMPLE']],
  ['with letters that some databases take for others in small', ['admin@acme', 'adm\u0130n@acme', 'adm\u0131n@acme', 'admi\u0307n@acme']],
  ['with a last letter of its own', ['\u03b1\u03c3', '\u03b1\u03c2', '\u0391\u03a3']],
  ['with a sign for a letter', ['kim', '\u212aim']],
  ['in wide letters', ['kim', '\uff4bim']],
])('a login counts as one however it is written: %s', async (_, names) => {
  expect(await through(many(n => ({ name: names[n % names.length]! })))).toBe(mostAttempts.loginFromAddress);
});

test('other logins count by themselves', async () => {
  expect(await through(many(n => ({ name: `learner-${n}` })))).toBe(mostAttempts.address);
});

test('addresses of one network count as one', async () => {
  const everywhere = many(n => ({ name: `learner-${n}`, address: `2001:db8:1:2::${n.toString(16)}` }));
  const once = [...everywhere, ...everywhere.map(({ address: from }, n) => ({ name: `teacher-${n}`, address: from }))];
  expect(await through(once)).toBe(mostAttempts.address);
});
