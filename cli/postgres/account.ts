import fs from 'node:fs';
import path from 'node:path';

/** The account PostgreSQL runs as. Without a uid it is our own. */
export interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

/** On every Linux, and owner of nothing. */
const NOBODY: Account = { uid: 65534, gid: 65534 };

/**
 * PostgreSQL refuses to run as root. As root we run it as the owner of its cluster or of the data folder, which may be
 * those of an ordinary user's earlier start, or else as nobody.
 */
export function serverAccount({ cluster, dataDir }: { cluster: string; dataDir: string }): Account {
  if (process.getuid?.() !== 0) return {};
  for (const folder of [cluster, dataDir]) {
    const owner = fs.statSync(folder, { throwIfNoEntry: false });
    if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  }
  return makingAccount();
}

/** Who makes a cluster: initdb asks for its user's name, which the owner of a mounted folder may not have here. */
export function makingAccount(): Account {
  if (process.getuid?.() !== 0) return {};
  if (process.platform === 'linux') return NOBODY;
  throw new Error(
    'PostgreSQL does not run as root, and there is no other account here to run it as. Run as an ordinary user, or ' +
      'set DATABASE_URL to a server that runs elsewhere.',
  );
}

/** Hands a folder and everything in it to the account. */
export function handOver(folder: string, account: Account): void {
  if (account.uid === undefined || account.gid === undefined) return;
  try {
    fs.lchownSync(folder, account.uid, account.gid);
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
      const inside = path.join(folder, entry.name);
      if (entry.isDirectory()) handOver(inside, account);
      else fs.lchownSync(inside, account.uid, account.gid);
    }
  } catch (error) {
    throw new Error(
      `PostgreSQL does not run as root, and giving ${folder} to user ${account.uid} failed: ` +
        `${(error as Error).message}. Run as an ordinary user, or set DATABASE_URL to a server that runs elsewhere.`,
    );
  }
}

/** Whether the account may pass through every folder on the way; by the modes, since root itself may go anywhere. */
export function canReach(folder: string, { uid, gid }: Account): boolean {
  if (uid === undefined) return true;
  for (let step = fs.realpathSync(folder); ; step = path.dirname(step)) {
    const { mode, uid: owner, gid: group } = fs.statSync(step);
    const bit = owner === uid ? 0o100 : group === gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (step === path.dirname(step)) return true;
  }
}

/**
 * Where and as whom to spawn one of PostgreSQL's programs, and what to call the data folder there.
 *
 * A folder below one that the account may not pass through, such as root's home, is still its own: on Linux the
 * process is placed in it while it is root, and names it by /proc/self/cwd, which leads there without a way through
 * the folders above. Elsewhere there is no such name.
 */
export function placement(cluster: string, account: Account) {
  const env = { PATH: process.env.PATH ?? '/usr/bin:/bin', HOME: '/', LC_ALL: 'C', TZ: 'UTC' };
  if (canReach(cluster, account)) return { folder: cluster, spawn: { ...account, cwd: '/', env } };
  if (process.platform === 'linux') return { folder: '/proc/self/cwd', spawn: { ...account, cwd: cluster, env } };
  throw new Error(
    `PostgreSQL does not run as root, and user ${account.uid}, as whom it runs instead, cannot reach ${cluster}: a ` +
      'folder above it is closed to others. Set STRATA_DATA_DIR to a folder every user may pass through, run as an ' +
      'ordinary user, or set DATABASE_URL to a server that runs elsewhere.',
  );
}
