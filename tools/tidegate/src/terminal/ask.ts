import { createInterface } from 'node:readline/promises';

/** Asks on standard error, so that standard output stays clean. An end of input is an empty answer. */
export async function askAtTerminal(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const end = new AbortController();
  terminal.once('close', () => end.abort());
  try {
    return await terminal.question(question, { signal: end.signal });
  } catch {
    return '';
  } finally {
    terminal.close();
  }
}
