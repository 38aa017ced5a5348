import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/** Writes a file so that a reader sees the old contents or the new, never a part. */
export function replaceFile(file: string, contents: string): void {
  const aside = `${file}.${randomUUID()}`;
  try {
    writeOwnFile(aside, contents);
    fs.renameSync(aside, file);
  } finally {
    fs.rmSync(aside, { force: true });
  }
}

/** Writes a file for the owner of its folder alone: root's start in a user's folder must not lock the user out. */
export function writeOwnFile(file: string, contents: string): void {
  const handle = openOwnFile(file);
  try {
    fs.writeFileSync(handle, contents);
  } finally {
    fs.closeSync(handle);
  }
}

/** A new file's handle, the file being for the owner of its folder alone. */
export function openOwnFile(file: string): number {
  const handle = fs.openSync(file, 'ax', 0o600);
  if (process.getuid?.() === 0) {
    const { uid, gid } = fs.statSync(path.dirname(file));
    fs.fchownSync(handle, uid, gid);
  }
  return handle;
}
