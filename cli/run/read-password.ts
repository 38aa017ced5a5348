import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { BadInput } from '../../subgraphs/shared/bad-input';

/** The first line of stdin; at a terminal it is asked for twice, and not shown. Never an argument: those are for all to see. */
export async function readPassword(): Promise<string> {
  if (!process.stdin.isTTY) return (await readLine()) ?? refuse('expected a password on stdin; it was empty');
  const password = await ask('New password: ');
  if ((await ask('Again: ')) !== password) refuse('these are two different passwords; nothing was changed');
  return password;
}

const refuse = (message: string): never => {
  throw new BadInput(message);
};

async function readLine(): Promise<string | undefined> {
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) return line === '' ? undefined : line;
  return undefined;
}

function ask(question: string): Promise<string> {
  process.stderr.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  return new Promise((resolve, reject) => {
    terminal.once('SIGINT', () => {
      terminal.close();
      reject(new BadInput('nothing was changed'));
    });
    terminal.question('', answer => {
      terminal.close();
      process.stderr.write('\n');
      resolve(answer);
    });
  });
}
