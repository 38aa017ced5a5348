import pino, { type Logger } from 'pino';

/** One line of JSON an event, on stderr: stdout is for what a command was asked for. */
export const createLog = (level: string): Logger =>
  pino({ level, base: {} }, pino.destination({ dest: 2, sync: true }));

/** What a person at the terminal should read. */
export const progress = (line: string): void => void process.stderr.write(`${line}\n`);
