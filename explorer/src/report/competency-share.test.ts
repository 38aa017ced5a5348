import { expectedOf, percentCompleted } from './competency-share';

const none = { completed: 0, inferred: 0, inProgress: 0, notStarted: 0 };

test('what is inferred counts as expected and not as completed', () => {
  const counts = { completed: 3, inferred: 5, inProgress: 1, notStarted: 1 };
  expect(expectedOf(counts)).toBe(10);
  expect(percentCompleted(counts)).toBe(30);
});

test('nothing completed of something is 0, and of nothing is no number', () => {
  expect(percentCompleted({ ...none, notStarted: 4 })).toBe(0);
  expect(percentCompleted(none)).toBeNull();
});
