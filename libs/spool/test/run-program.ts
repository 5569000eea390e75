import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = path.resolve(__dirname, '../../..');
const PROGRAM = path.join(__dirname, 'spool-program.ts');

/** `spool-program.ts` as a process of its own. */
export interface RunningProgram {
  readonly pid: number;
  /** What it has told so far. */
  readonly lines: readonly string[];
  /** Resolves with its first line. */
  readonly started: Promise<string>;
  readonly ended: Promise<number | null>;
  /** With SIGKILL; resolves when it is gone and all it told is read. */
  kill(): Promise<void>;
}

export interface RunOptions {
  /** A shell's command that comes before, as `ulimit -f 100`. */
  readonly prelude?: string;
}

export function runProgram(args: readonly string[], { prelude = ':' }: RunOptions = {}): RunningProgram {
  const program: ChildProcess = spawn(
    'sh',
    [
      '-c',
      `${prelude}; export TSX_TSCONFIG_PATH=tsconfig.base.json; exec "$@"`,
      'sh',
      process.execPath,
      ...['--require', 'tsx/cjs', PROGRAM],
      ...args,
    ],
    { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const { stdout, pid = 0 } = program;
  if (!stdout) throw new Error('the program has no output');
  const lines: string[] = [];
  const reader = createInterface({ input: stdout });
  const started = once(reader, 'line').then(([line]) => String(line));
  reader.on('line', (line) => lines.push(line));
  const ended = Promise.all([once(program, 'exit'), once(reader, 'close')]).then(() => program.exitCode);
  return {
    pid,
    lines,
    started,
    ended,
    kill: async () => {
      program.kill('SIGKILL');
      await ended;
    },
  };
}
