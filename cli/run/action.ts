import type { Command } from 'commander';
import { readEnvironment, type Environment } from '../../subgraphs/shared/environment';
import { progress } from './log';

export interface Outcome {
  /** 0: done; 1: done, with rejected rows or differences found. */
  exitCode?: 0 | 1;
  /** What it did, for --json. */
  json: object;
  /** The same for people; nothing where stdout has been written already. */
  text?: string;
}

export interface ActionContext<Options> {
  options: Options;
  /** What stands after the command's name, in order. */
  operands: string[];
  environment: Environment;
}

/** What the person at the terminal can mend: the message says it all, and a stack would only hide it. */
const plain = new Set(['BadInput', 'WrongSettings', 'PortNotFree', 'DatabaseNotReachable']);

/** Gives a command --json, its exit codes and its way to report what went wrong. */
export function act<Options extends object>(
  command: Command,
  work: (context: ActionContext<Options>) => Promise<Outcome>,
): void {
  command.option('--json', 'print one JSON object with what was done as the last line of stdout');
  command.action(async (...given: unknown[]) => {
    const options = given.at(-2) as Options & { json?: boolean };
    const operands = given.slice(0, -2).flat().filter(operand => operand !== undefined) as string[];
    try {
      const { exitCode = 0, json, text } = await work({ options, operands, environment: readEnvironment() });
      if (options.json) console.log(JSON.stringify(json));
      else if (text !== undefined) console.log(text);
      process.exitCode = exitCode;
    } catch (error) {
      process.exitCode = report(error);
    }
  });
}

function report(error: unknown): number {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const isPlain = plain.has(name);
  progress(isPlain ? message : `Strata failed: ${stack}`);
  return isPlain ? 2 : 3;
}
