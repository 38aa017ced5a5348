import fs from 'node:fs';
import path from 'node:path';
import { replaceFile } from './files';
import { stillRuns } from './processes';

/** A call that uses a data folder's server, and the process it was made in. */
export interface User {
  id: string;
  pid: number;
  born: string;
}

interface Register {
  /** the folder it is about: a copy of the folder brings a register along that means the other one's server */
  place: string;
  users: User[];
}

/**
 * Who uses the server: whoever leaves last stops it. Changed under the launcher's lock only. A process that died
 * without leaving does not count.
 */
export function readUsers(file: string): User[] {
  if (!fs.existsSync(file)) return [];
  try {
    const { place, users } = JSON.parse(fs.readFileSync(file, 'utf8')) as Register;
    return place === placeOf(file) ? users.filter(stillRuns) : [];
  } catch (error) {
    // Replaced in one step, so it was lost with the power, and everybody in it too.
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

export function writeUsers(file: string, users: User[]): void {
  replaceFile(file, JSON.stringify({ place: placeOf(file), users } satisfies Register));
}

function placeOf(file: string): string {
  const { dev, ino } = fs.statSync(path.dirname(file));
  return `${dev} ${ino}`;
}
