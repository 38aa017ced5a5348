import { execFile, spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { projectRoot } from '../subgraphs/shared/project-root';

const bin = path.join(projectRoot, 'cli', 'bin.js');

/** Only what a test says: a variable of whoever runs the tests must change nothing. */
const environmentOf = (settings: Record<string, string>): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  ...settings,
});

export interface Ran {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** Runs `strata` to its end. */
export const strata = (words: string[], settings: Record<string, string>, stdin = ''): Promise<Ran> =>
  new Promise(resolve => {
    const child = execFile(process.execPath, [bin, ...words], { env: environmentOf(settings) }, (error, stdout, stderr) =>
      resolve({ exitCode: error ? Number(error.code ?? -1) : 0, stdout, stderr }),
    );
    child.stdin!.on('error', () => undefined).end(stdin); // it may have ended before it reads
  });

export interface Started {
  process: ChildProcess;
  url: string;
  output(): string;
  /** Resolves with the exit code. */
  ended: Promise<number | null>;
}

/** Starts a service and waits until it says that it is ready. */
export async function startStrata(words: string[], settings: Record<string, string>): Promise<Started> {
  const child = spawn(process.execPath, [bin, ...words], {
    env: environmentOf(settings),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  child.stderr.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()));
  const ended = new Promise<number | null>(resolve => child.once('exit', resolve));
  const ready = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      said.stdout += chunk.toString();
      const found = /ready at (http:\S+)\s*$/.exec(said.stdout);
      if (found) resolve(found[1]!);
    });
    void ended.then(code =>
      reject(new Error(`strata ${words.join(' ')} ended with ${code}:\n${said.stdout}${said.stderr}`)),
    );
  });
  return { process: child, url: await ready, output: () => said.stdout + said.stderr, ended };
}
