import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { whileLocked } from './lock';

const home = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-lock-'));
const patience = 30_000;

afterAll(() => fs.rmSync(home, { recursive: true }));

/** Takes turns at a counter that only works when nobody else is at it; may be told to die in the middle of a turn. */
const WORKER = `
  const fs = require('node:fs');
  const [room, file, turns, dies] = process.argv.slice(1);
  const { whileLocked } = require(room + '/lock');
  (async () => {
    for (let turn = 1; turn <= Number(turns); turn += 1) {
      await whileLocked({ file, patience: ${patience} }, async () => {
        const count = Number(fs.readFileSync(file + '.count', 'utf8'));
        if (dies === 'dies' && turn === Number(turns)) process.kill(process.pid, 'SIGKILL');
        await new Promise(resolve => setTimeout(resolve, 1));
        fs.writeFileSync(file + '.count', String(count + 1));
      });
    }
  })();
`;

function worker(file: string, turns: number, dies = false): Promise<unknown> {
  const words = ['-r', 'esbuild-register', '-e', WORKER, __dirname, file, String(turns), dies ? 'dies' : ''];
  const child = spawn(process.execPath, words, { cwd: path.join(__dirname, '../..'), stdio: 'inherit' });
  return new Promise(resolve => child.on('exit', (code, signal) => resolve(signal ?? code)));
}

test('no two hold it at once, in several processes, also when some of them are killed while they hold it', async () => {
  const file = path.join(home, 'many');
  fs.writeFileSync(`${file}.count`, '0');
  const ends = await Promise.all([worker(file, 30), worker(file, 30), worker(file, 10, true), worker(file, 20, true)]);
  expect(ends).toEqual([0, 0, 'SIGKILL', 'SIGKILL']);
  expect(Number(fs.readFileSync(`${file}.count`, 'utf8'))).toBe(30 + 30 + 9 + 19);
  // One file stays: the last one's.
  expect(fs.readdirSync(home).filter(name => /^many\.\d+$/.test(name))).toHaveLength(1);
});

test('no two calls of one process hold it at once', async () => {
  const file = path.join(home, 'one');
  let inside = 0;
  const seen: number[] = [];
  const work = async () => {
    seen.push((inside += 1));
    await new Promise(resolve => setTimeout(resolve, 2));
    inside -= 1;
  };
  await Promise.all(Array.from({ length: 8 }, () => whileLocked({ file, patience }, work)));
  expect(seen).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
});

test('work that fails gives it back', async () => {
  const file = path.join(home, 'failing');
  const failing = whileLocked({ file, patience }, () => Promise.reject(new Error('as said')));
  await expect(failing).rejects.toThrow('as said');
  expect(await whileLocked({ file, patience: 0 }, async () => 'next')).toBe('next');
});

test('who waits in vain is told for whom', async () => {
  const file = path.join(home, 'held');
  await whileLocked({ file, patience }, async () => {
    const second = whileLocked({ file, patience: 50 }, async () => undefined);
    await expect(second).rejects.toThrow(`for process ${process.pid}`);
  });
});
