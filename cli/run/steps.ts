import { Presets, SingleBar } from 'cli-progress';
import { progress } from './log';

export interface Steps {
  /** What is being done now, as the how-manieth of how many. */
  at(step: string, done: number, of: number): void;
  /** A line in between. */
  say(line: string): void;
  end(): void;
}

/** Tells how far a long work is, on stderr: on a terminal by a bar, elsewhere by a line for each step. */
export const tellSteps = (what: string): Steps => (process.stderr.isTTY ? barOf(what) : linesOf(what));

const linesOf = (what: string): Steps => ({
  at: (step, done, of) => {
    if (done < of) progress(`${what}: ${step} (${done + 1} of ${of})`);
  },
  say: line => progress(`${what}: ${line}`),
  end: () => undefined,
});

function barOf(what: string): Steps {
  const bar = new SingleBar(
    { stream: process.stderr, format: `${what} [{bar}] {value}/{total} {step}, {duration_formatted}`, barsize: 24 },
    Presets.shades_classic,
  );
  let begun = false;
  const begin = (of: number): void => {
    if (!begun) bar.start(of, 0, { step: '' });
    begun = true;
  };
  return {
    at: (step, done, of) => {
      begin(of);
      bar.setTotal(of);
      bar.update(done, { step });
    },
    say: step => {
      begin(1);
      bar.update({ step });
    },
    end: () => bar.stop(),
  };
}
