import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import en from './en.json';

const source = path.join(__dirname, '..');
const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(file => /(?<!\.test)\.tsx?$/.test(file));
const code = files.map(file => readFileSync(path.join(source, file), 'utf8')).join('\n');

const keysOf = (value: object, above = ''): string[] =>
  Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === 'string' ? [above + key] : keysOf(inner as object, `${above}${key}.`),
  );

/** A key as it stands in the sources: itself, without its plural, or made of a constant part and a value. */
const isUsed = (key: string): boolean => {
  const name = key.replace(/_(zero|one|two|few|many|other)$/, '');
  const head = name.slice(0, name.lastIndexOf('.') + 1);
  return code.includes(`'${name}'`) || code.includes(`\`${head}\${`);
};

test('every text of the catalogue is used', () => {
  expect(keysOf(en).filter(key => !isUsed(key))).toEqual([]);
});

test('no text for people stands between tags outside the catalogue', () => {
  const own = ['Strata']; // a name
  const found = [...code.matchAll(/<(?:p|h[1-6]|span|strong|button|dt|dd|th|td|summary|legend|li)\b[^<>{}]*>\s*([A-Z][a-z]+[^<>{}]*)</g)];
  expect(found.map(([, text]) => text!.trim()).filter(text => !own.includes(text))).toEqual([]);
});
