import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { buildASTSchema, parse, visit, type GraphQLInputObjectType } from 'graphql';
import { boundsOf, defaultFields, fieldsOf, inputOf, isValid, names, thresholds, type ThresholdName } from './thresholds';

const described = (name: ThresholdName): string => {
  const text = readFileSync(path.join(__dirname, '../../../schema/reporting.graphql'), 'utf8');
  const own = visit(parse(text), { Directive: () => null, SchemaExtension: () => null });
  const input = buildASTSchema(own, { assumeValidSDL: true }).getType('RiskSettingsInput') as GraphQLInputObjectType;
  return input.getFields()[name]!.description!;
};

test.each(names)('bounds and default of %s are those that the schema tells', name => {
  const { min, max, byDefault, reason } = thresholds[name];
  expect(described(name)).toContain(`, ${min} to ${max}; ${byDefault} by default. Null: ${reason} is off.`);
});

const value = (name: ThresholdName): fc.Arbitrary<number | null> => {
  const { min, max, isWhole } = thresholds[name];
  return fc.option(isWhole ? fc.integer({ min, max }) : fc.double({ min, max, noNaN: true }));
};
const settings = fc.record({
  inactiveDays: value('inactiveDays'),
  minimumAverageScore: value('minimumAverageScore'),
  minimumEngagement: value('minimumEngagement'),
  minimumMasteryProgress: value('minimumMasteryProgress'),
});

test('what is saved untouched is what was read, digit for digit', () => {
  fc.assert(fc.property(settings, read => expect(inputOf(fieldsOf(name => read[name]), read)).toEqual(read)));
});

test('what is written over other settings is what the fields show', () => {
  fc.assert(
    fc.property(settings, settings, (shown, read) => {
      const written = inputOf(fieldsOf(name => shown[name]), read);
      for (const name of names) {
        if (shown[name] === null) expect(written[name]).toBeNull();
        else expect(written[name]).toBeCloseTo(shown[name]!, 9);
      }
    }),
  );
});

test('a share stands there as percent, without digits that nobody wrote', () => {
  const none = { inactiveDays: null, minimumAverageScore: null, minimumMasteryProgress: null };
  const fields = fieldsOf(name => (name === 'minimumEngagement' ? 0.07 : null));
  expect(fields.minimumEngagement).toEqual({ isOn: true, text: '7' });
  expect(inputOf(fields, { ...none, minimumEngagement: null }).minimumEngagement).toBe(0.07);
});

test.each([
  ['inactiveDays', '1', true],
  ['inactiveDays', '365', true],
  ['inactiveDays', '0', false],
  ['inactiveDays', '366', false],
  ['inactiveDays', '1.5', false],
  ['minimumAverageScore', '0', true],
  ['minimumAverageScore', '99.5', true],
  ['minimumAverageScore', '100.1', false],
  ['minimumEngagement', '100', true],
  ['minimumEngagement', '101', false],
  ['minimumMasteryProgress', '-1', false],
  ['minimumMasteryProgress', '', false],
  ['minimumMasteryProgress', 'half', false],
] as const)('%s of "%s" is accepted: %s', (name, text, isAccepted) => {
  expect(isValid(name, { isOn: true, text })).toBe(isAccepted);
  expect(isValid(name, { isOn: false, text })).toBe(true);
});

test('percent go to 100, days to 365', () => {
  expect(names.map(boundsOf)).toEqual([{ min: 1, max: 365 }, ...Array(3).fill({ min: 0, max: 100 })]);
});

test('as they are for every new tenant, who is inactive or has low scores is at risk', () => {
  expect(names.filter(name => defaultFields[name].isOn)).toEqual(['inactiveDays', 'minimumAverageScore']);
});
