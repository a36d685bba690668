import { type Logger, pino } from 'pino';

export type Log = Logger;

/** JSON lines on stdout; the message of each line is a stable dotted name (`task.attempted`), everything else is a field. */
export function createLog(part: string, level: string): Log {
  return pino({
    level,
    base: { part, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: ['secret', '*.secret', 'apiKey', '*.apiKey', 'headers.authorization'], censor: '[redacted]' },
  });
}
