import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findFreePort, hostEnvironment } from '@tidegate/local-parts';
import { SERVICE_NAMES } from '../src/service-names';

export const WORKSPACE_ROOT = path.resolve(__dirname, '../../..');
const POLL_MS = 100;

/** `npm start` as its process sees it, with its output. */
export class StartCommand {
  readonly child: ChildProcess;
  readonly exitCode: Promise<number | null>;
  output = '';

  constructor(args: readonly string[], script = 'start.mjs') {
    this.child = spawn(process.execPath, [path.join('tools', 'local-stack', script), ...args], {
      cwd: WORKSPACE_ROOT,
      env: hostEnvironment(['DATABASE_URL']),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    }
    this.exitCode = new Promise((resolve) => this.child.once('close', resolve));
  }

  /** Waits until it has printed `text`; fails with all it printed when it ends before. */
  async prints(text: string): Promise<void> {
    while (!this.output.includes(text)) {
      if (this.child.exitCode !== null) throw new Error(`ended without printing "${text}":\n${this.output}`);
      await delay(POLL_MS);
    }
  }

  async stop(signal: NodeJS.Signals): Promise<number | null> {
    this.child.kill(signal);
    return this.exitCode;
  }

  /** The command printed under "# <number>. …", as somebody would copy it. */
  tryNext(number: number): string {
    const [, command] =
      new RegExp(`\\n# ${number}\\. .*\\n([^]*?)\\n\\n(?=# |Ctrl-C)`).exec(this.output) ?? [];
    if (command === undefined) throw new Error(`no command ${number} in:\n${this.output}`);
    return command;
  }
}

export interface StackPlace {
  readonly dataDir: string;
  /** Options that make a stack live beside others. */
  readonly args: readonly string[];
}

export async function ownPlace(): Promise<StackPlace> {
  const dataDir = path.join(mkdtempSync(path.join(tmpdir(), 'localstack-e2e-')), 'data');
  const ports = new Set<number>();
  while (ports.size < SERVICE_NAMES.length) ports.add(await findFreePort());
  const portArgs = [...ports].flatMap((port, index) => [`--${SERVICE_NAMES[index]}-port`, String(port)]);
  return { dataDir, args: ['--data-dir', dataDir, ...portArgs] };
}

export interface StackJson {
  readonly pid: number;
  readonly services: Record<string, { url: string; pid: number }>;
  readonly apiKey: string;
}

export function stackJson({ dataDir }: StackPlace): StackJson {
  return JSON.parse(readFileSync(path.join(dataDir, 'stack.json'), 'utf8')) as StackJson;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
