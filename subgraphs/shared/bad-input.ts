/** What the caller gave cannot be used: the message says what was expected and what came; the command exits with 2. */
export class BadInput extends Error {
  override readonly name = 'BadInput';
}
