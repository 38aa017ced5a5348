import { gzipSync } from 'node:zlib';
import { Random } from '../cli/generate/random';
import { bundleOf, csv, manifest, sampleFiles, zipOf, type OneRoster } from './oneroster';

/** For tests only: bundles that are damaged, in every way and by chance. */
export interface Damaged {
  what: string;
  body: Buffer;
  /** Whether nothing of it can be loaded. */
  refused?: true;
}

type Change = (random: Random) => OneRoster | Promise<OneRoster>;

const latin1 = (text: string) => Buffer.from(text.replace('Los Angeles', 'Malmö').replace('Tina', 'Tïna'), 'latin1');
const place = (random: Random, text: string) => random.below(text.length);

/** Ways to spoil one file: what comes is refused as a whole, or row by row, or turns out to be fine. */
const spoil: Record<string, (text: string, random: Random) => string | Buffer> = {
  'cut off': (text, random) => text.slice(0, place(random, text)),
  'a quote too many': (text, random) => {
    const at = place(random, text);
    return `${text.slice(0, at)}"${text.slice(at)}`;
  },
  'a field that opens and never closes': text => text.replace(/\r\n([^,]+),/, '\r\n"$1,'),
  'NUL in a cell': (text, random) => {
    const at = place(random, text);
    return `${text.slice(0, at)}\u0000${text.slice(at)}`;
  },
  'a BOM, twice': text => `\uFEFF\uFEFF${text}`,
  'CR alone': text => text.replaceAll('\r\n', '\r'),
  'UTF-16': text => Buffer.from(`\uFEFF${text}`, 'utf16le'),
  'Latin-1': latin1,
  'a huge field': (text, random) => text.replace(/\r\n/, `\r\n${'x'.repeat(600 + random.below(1_500_000))},`),
  'a column missing': text => text.replace(/sourcedId|propertyName/, 'id'),
  'a column doubled': text => text.replace(/status|value/, text.includes('propertyName') ? 'value,value' : 'sourcedId'),
  'formula cells': text => text.replaceAll(/\r\n(\w+),/g, '\r\n=cmd|$1,'),
  'semicolons': text => text.replaceAll(',', ';'),
  'empty': () => '',
  'blank lines alone': () => '\r\n \r\n,,,\r\n',
  'noise': (_text, random) => Buffer.from(Array.from({ length: 2_000 }, () => random.below(256))),
  'noise in the middle': (text, random) => {
    const at = place(random, text);
    const noise = Buffer.from(Array.from({ length: 20 }, () => random.below(256)));
    return Buffer.concat([Buffer.from(text.slice(0, at)), noise, Buffer.from(text.slice(at))]);
  },
  'a file called a path': text => text.replaceAll('s1', '../../etc/passwd'),
  'half an emoji and a right-to-left mark': text => text.replace('First', '\u202E\u{1F600}'),
  'rows too short and too long': text => `${text}a\r\n${'b,'.repeat(40)}c\r\n`,
};

const files = Object.keys(bundleOf(sampleFiles()));

function spoiled(random: Random): Change {
  return () => {
    const bundle = bundleOf(sampleFiles());
    for (let times = 1 + random.below(2); times > 0; times--) {
      const file = files[random.below(files.length)]!;
      const ways = Object.values(spoil);
      if (typeof bundle[file] === 'string') bundle[file] = ways[random.below(ways.length)]!(bundle[file], random);
    }
    return bundle;
  };
}

/** Every way for one file each. */
export async function* everyWay(): AsyncGenerator<Damaged> {
  const random = new Random(7);
  for (const [n, [what, way]] of Object.entries(spoil).entries()) {
    for (const file of [files[n % files.length]!, 'users.csv']) {
      const bundle = bundleOf(sampleFiles());
      bundle[file] = way(bundle[file] as string, random);
      yield { what: `${file}: ${what}`, body: await zipOf(bundle) };
    }
  }
}

export async function* byChance(many: number): AsyncGenerator<Damaged> {
  const random = new Random(11);
  const sound = await zipOf(bundleOf(sampleFiles()));
  for (let n = 0; n < many; n++) {
    if (n % 2 === 0) {
      yield { what: `spoiled files ${n}`, body: await zipOf(await spoiled(random)(random)) };
      continue;
    }
    const body = Buffer.from(sound);
    for (let flips = 1 + random.below(6); flips > 0; flips--) body[random.below(body.length)] = random.below(256);
    yield { what: `flipped bytes ${n}`, body };
  }
}

/** What no bundle can be read from. */
export async function* hopeless(): AsyncGenerator<Damaged> {
  const bundle = bundleOf(sampleFiles());
  const sound = await zipOf(bundle);
  const no = (what: string, body: Buffer): Damaged => ({ what, body, refused: true });
  const withManifest = (text: string) => zipOf({ ...bundle, 'manifest.csv': text });
  yield no('text', Buffer.from('Dear Sir or Madam'));
  yield no('gzip', gzipSync(bundle['orgs.csv']!));
  yield no('one byte', Buffer.from('P'));
  for (const share of [0.1, 0.5, 0.9, 0.99]) yield no(`cut off at ${share}`, sound.subarray(0, sound.length * share));
  yield no('an empty zip', await zipOf({}));
  yield no('no manifest', await zipOf(sampleFiles()));
  yield no('two bundles', await zipOf({ 'a/manifest.csv': bundle['manifest.csv']!, 'b/manifest.csv': bundle['manifest.csv']! }));
  yield no('files beside their folder', await zipOf({ 'in/manifest.csv': bundle['manifest.csv']!, ...sampleFiles() }));
  yield no('a file that is promised and missing', await zipOf({ ...sampleFiles(), 'manifest.csv': manifest('1.1', { roles: 'bulk', results: 'bulk' }) }));
  yield no('a manifest of nothing', await withManifest(manifest('1.1', {})));
  yield no('OneRoster 1.0', await withManifest(manifest('1.0' as never, { orgs: 'bulk' })));
  yield no('an unknown mode', await withManifest(manifest('1.1', { orgs: 'sometimes' as never })));
  yield no('two modes', await withManifest(manifest('1.1', { orgs: 'bulk' }) + 'file.orgs,delta\r\n'));
  yield no('a delta without status', await zipOf({ 'manifest.csv': manifest('1.1', { orgs: 'delta' }), 'orgs.csv': csv('sourcedId,name,type', 'a,A,school') }));
  // The library that writes them refuses such names, so they are put in place of others of the same length.
  for (const name of ['../../../orgs.csv', '/etc/passwd/x.csv', 'C:/windows/or.csv', '..\\..\\..\\orgs.csv', 'a/../../etc/x.csv', 'a/b/c/d\u0000orgs.csv']) {
    const stand = `placeholder/${'x'.repeat(name.length - 12)}`;
    const zip = (await zipOf({ ...bundle, [stand]: 'x' })).toString('latin1').replaceAll(stand, name);
    yield no(`a file named ${JSON.stringify(name)}`, Buffer.from(zip, 'latin1'));
  }
  const central = sound.lastIndexOf(Buffer.from('PK\u0001\u0002'));
  const changed = (at: number, ...bytes: number[]) => {
    const body = Buffer.from(sound);
    bytes.forEach((byte, n) => (body[central + at + n] = byte));
    return body;
  };
  yield no('an encrypted file', changed(8, 0x01));
  yield no('an unknown way of packing', changed(10, 99, 0));
  yield no('a wrong checksum', changed(16, 1, 2, 3, 4));
  yield no('a size that is not so', changed(24, 1, 0, 0, 0));
  yield no('a size beyond all bounds', changed(24, 0xf0, 0xff, 0xff, 0xff));
  yield no('an offset beyond the end', changed(42, 0xff, 0xff, 0xff, 0x7f));
  yield no('a bomb', await zipOf({ ...bundle, 'orgs.csv': Buffer.alloc(90 * 1024 * 1024, 'a,') }));
  yield no('too many files', await zipOf({ ...bundle, ...Object.fromEntries(Array.from({ length: 1_001 }, (_, n) => [`${n}.txt`, ''])) }));
  yield no('the same file twice', await zipOf({ ...bundle, 'ORGS.csv': 'x' }));
}
