import type { DiagnosisFacts, LogLine } from './diagnosis-facts';
import type { Observation } from './observation';

const TROUBLED_LINE =
  /"level":"(error|fatal)"|\b(error|fatal|exception|traceback|refused|denied|cannot|could not|failed|invalid|critical|timed out|not right|out of memory|exec format)\b|Error\b/i;

/** By its level, or the answer it tells of: services tell of a request they could not answer as a warning. */
const ERROR_LINE = /"level":"(error|fatal)"|"status":5\d\d\b|\b(ERROR|CRITICAL|FATAL|Traceback)\b/;

/** The lines of the log; each is matched, those that look like trouble are shown. */
export function observeLogs({ logs }: DiagnosisFacts): Observation[] {
  if ('unchecked' in logs) return [];
  return logs.value.map((line) => ({
    source: 'log',
    subject: line.stream.split('/').at(-1) ?? '',
    text: line.message,
    at: line.at,
    count: 1,
    isTrouble: isTroubled(line),
  }));
}

/** Whether a line tells of something that did not work, not only of something to look out for. */
export function isErrorLine(text: string): boolean {
  return ERROR_LINE.test(text);
}

/** A line of a Node service tells its level; what says `info` there is no trouble, whatever words it has. */
function isTroubled({ message }: LogLine): boolean {
  return !/"level":"(info|debug|trace)"/.test(message) && TROUBLED_LINE.test(message);
}
