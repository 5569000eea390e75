import { execFileSync, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hostEnvironment } from '@tidegate/local-parts';
import { workspaceRoot } from '@tidegate/testing';

export interface CommandOutcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder that stands in for the workspace, with a `docker` of its own on PATH. */
export class WorkFolder {
  readonly path = mkdtempSync(path.join(tmpdir(), 'tidegate-cli-'));
  private readonly programs = path.join(this.path, '.git', 'programs');

  constructor() {
    mkdirSync(path.join(this.path, 'infra/aws'), { recursive: true });
  }

  /**
   * There is no container engine here: one of the programs in this folder takes its place. It gets `args`, a file to keep its
   * calls in, and what docker would get.
   */
  addDocker(program = 'docker.cjs', ...args: readonly string[]): void {
    mkdirSync(this.programs, { recursive: true });
    const docker = path.join(this.programs, 'docker');
    const command = [path.join(__dirname, program), ...args].join(' ');
    writeFileSync(docker, `#!/bin/sh\nexec node ${command} "$0.calls" "$@"\n`);
    chmodSync(docker, 0o755);
  }

  /** Makes it a Git repository with a commit, in which nothing else is seen. */
  commit(): void {
    writeFileSync(path.join(this.path, '.gitignore'), '*\n');
    const git = (...args: string[]): Buffer => execFileSync('git', args, { cwd: this.path });
    git('init', '--quiet');
    git('add', '--force', '.gitignore');
    const author = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
    git(...author, 'commit', '--quiet', '--message', 'first');
  }

  /** What docker was called with, a line each, and what it was told on standard input. */
  dockerCalls(): readonly string[] {
    try {
      return readFileSync(path.join(this.programs, 'docker.calls'), 'utf8').trimEnd().split('\n');
    } catch {
      return [];
    }
  }

  /** Runs `tidegate` here as a process of its own. */
  async tidegate(
    args: readonly string[],
    variables: Readonly<Record<string, string>>,
    input?: string,
  ): Promise<CommandOutcome> {
    const child = this.startTidegate(args, variables);
    if (input !== undefined) child.stdin.end(input);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => (stdout += String(chunk)));
    child.stderr.on('data', (chunk) => (stderr += String(chunk)));
    const exitCode = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { exitCode, stdout, stderr };
  }

  /** The same for a test that ends it. */
  startTidegate(
    args: readonly string[],
    variables: Readonly<Record<string, string>>,
  ): ChildProcessWithoutNullStreams {
    const loader = path.join(workspaceRoot, 'node_modules/tsx/dist/loader.mjs');
    const main = path.join(workspaceRoot, 'tools/tidegate/src/main.ts');
    const environment = hostEnvironment(['AWS_', 'GIT_', 'GITHUB_']);
    return spawn(process.execPath, ['--import', loader, main, ...args], {
      cwd: this.path,
      env: {
        ...environment,
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
        TSX_TSCONFIG_PATH: path.join(workspaceRoot, 'tools/tidegate/tsconfig.json'),
        PATH: `${this.programs}:${environment['PATH']}`,
        ...variables,
      },
    });
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}
