import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';
import { promisify } from 'node:util';
import { badInput } from '../../shared/errors';

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

export interface Cost {
  /** N is 2 to the power of this. */
  ln: number;
  r: number;
  p: number;
}

/** As OWASP's Password Storage Cheat Sheet has it: 32 MiB and a tenth of a second or two for each guess. */
export const usualCost: Cost = { ln: 15, r: 8, p: 3 };
const saltBytes = 16;
const hashBytes = 32;
export const shortestPassword = 12;
const longestPassword = 200;

/** A password as it is kept: `$scrypt$ln=15,r=8,p=3$salt$hash`, with a salt of its own and what it was made with. */
export async function hashPassword(password: string, cost = usualCost): Promise<string> {
  const length = [...password].length;
  if (length < shortestPassword || length > longestPassword) {
    throw badInput(`A password must have ${shortestPassword} to ${longestPassword} characters; this one has ${length}.`);
  }
  const salt = randomBytes(saltBytes);
  const hash = await hashOf(password, { salt, cost, bytes: hashBytes });
  return kept({ cost, salt, hash });
}

const kept = ({ cost: { ln, r, p }, salt, hash }: { cost: Cost; salt: Buffer; hash: Buffer }): string =>
  `$scrypt$ln=${ln},r=${r},p=${p}$${salt.toString('base64')}$${hash.toString('base64')}`;

/** Of nobody's password: what a guess at a login that does not exist is compared with, so that it takes as long. */
const nobodys = kept({ cost: usualCost, salt: Buffer.alloc(saltBytes), hash: Buffer.alloc(hashBytes) });

/** Whether this is the password. Takes as long where nobody has one. */
export async function isPassword(password: string, stored: string | undefined): Promise<boolean> {
  const tried = [...password].length > longestPassword ? '' : password;
  const match = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/.exec(stored ?? nobodys);
  if (!match) throw new Error('a password is kept in a form that is not known');
  const [ln, r, p] = match.slice(1, 4).map(Number) as [number, number, number];
  const [salt, expected] = match.slice(4).map(text => Buffer.from(text, 'base64')) as [Buffer, Buffer];
  const found = await hashOf(tried, { salt, cost: { ln, r, p }, bytes: expected.length });
  return timingSafeEqual(found, expected) && stored !== undefined;
}

/** The same characters have the same bytes, however a keyboard puts them together. */
const hashOf = (password: string, { salt, cost: { ln, r, p }, bytes }: { salt: Buffer; cost: Cost; bytes: number }) =>
  derive(password.normalize('NFKC'), salt, bytes, { N: 2 ** ln, r, p, maxmem: 128 * 2 ** ln * r + 2 ** 20 * 32 });
