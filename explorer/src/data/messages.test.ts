import { messagesOf } from './messages';

test('each line of an import stands by its row, the file as row 0, and what is of no row by itself', () => {
  const message = 'Row: 0 Failure: Empty file\nRow: 12 Failure: Invalid subject: Art\nWith 3 additional validation failures';
  expect(messagesOf(message)).toEqual([
    { row: 0, text: 'Empty file' },
    { row: 12, text: 'Invalid subject: Art' },
    { row: null, text: 'With 3 additional validation failures' },
  ]);
  expect(messagesOf(null)).toEqual([]);
});
