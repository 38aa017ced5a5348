import { progress } from './log';

const pause = 1_000;

/** Tells how far a load is: of each file its beginning and its end, and in between one line a second. */
export function loadProgress(tell: (line: string) => void = progress, clock: () => number = Date.now) {
  let lastFile = '';
  let lastTold = -Infinity;
  return (file: string, done: number, total?: number): void => {
    const isEnd = done === total;
    if (file === lastFile && !isEnd && clock() - lastTold < pause) return;
    lastFile = file;
    lastTold = clock();
    tell(`${file}: ${done}${total === undefined ? '' : ` of ${total}`}`);
  };
}
