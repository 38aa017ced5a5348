import { Problem } from '../../shared/errors';

/** Learners, each in a class and a window, that one operation may look at: more are not looked at while somebody waits. */
export const mostRows = 100_000;

/** What an operation looks at, in all: asked for piece by piece, under several names, it is no less. */
export class Effort {
  private left = mostRows;

  /** Enough to tell that there are more than may be. */
  get worthCounting(): number {
    return this.left + 1;
  }

  /** Refuses what is too much together with what was looked at before. */
  spend(rows: number): void {
    if (rows > this.left) {
      throw new Problem(
        'TOO_LARGE',
        `This request would look at more than ${mostRows} learners and intervals while you wait. Ask for a node further ` +
          'down, for a shorter period or for less at once; of the whole tenant, what ends today and whole intervals of ' +
          'late are made ready in the background.',
      );
    }
    this.left -= rows;
  }
}
