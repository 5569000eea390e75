import path from 'node:path';
import { hostEnvironment, runCommand } from '@tidegate/local-parts';
import { findProgram } from './installed-programs';
import { cpuSeconds } from './process-figures';
import type { Scenario } from './scenarios';
import type { Target } from './upstreams';
import type { Workbench } from './workbench';

/** One round of load. */
export interface LoadFigures {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Processor time of the target for each request; undefined where it cannot be known. */
  readonly cpuUs: number | undefined;
}

export interface Load {
  readonly connections: number;
  readonly seconds: number;
}

interface WrkResult {
  readonly requests: number;
  readonly durationUs: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly refused: number;
  readonly broken: number;
}

const START_AND_STOP_MS = 15_000;
const SCRIPT = path.join(__dirname, 'load.lua');

/** Sends one request again and again over each of its connections, with wrk. */
export class LoadGenerator {
  private readonly wrk: string;

  /** @throws Error when wrk is not installed */
  constructor(private readonly bench: Workbench) {
    const wrk = findProgram('wrk');
    if (wrk === undefined)
      throw new Error(
        'wrk is not installed. It sends the load: a generator in Node could not keep the proxies busy from one core. ' +
          'On Debian and Ubuntu: apt-get install wrk',
      );
    this.wrk = wrk;
  }

  /** @throws Error when a request fails: the figures of the others would mean nothing */
  async send(target: Target, scenario: Scenario, { connections, seconds }: Load): Promise<LoadFigures> {
    const headers = { ...scenario.headers, ...target.headers };
    const [command, ...args] = this.bench.cores.forOthers(
      this.wrk,
      ...['--threads', '1', '--connections', String(connections), '--duration', `${seconds}s`],
      ...['--script', SCRIPT, `${target.url}${scenario.path}`, '--'],
      ...[scenario.method, scenario.body ?? '-'],
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    );
    const cpuBefore = cpuSeconds(target.pid);
    const { stdout, stderr } = await runCommand(command, args, {
      env: hostEnvironment(),
      timeoutMs: seconds * 1000 + START_AND_STOP_MS,
    });
    const cpuAfter = cpuSeconds(target.pid);
    const { requests, durationUs, p50Us, p99Us, refused, broken } = parse(stdout, stderr);
    if (requests === 0 || refused + broken > 0)
      throw new Error(
        `${target.label}, ${scenario.label}: of ${requests} requests ${refused} were refused and ${broken} broke. ` +
          'Expected every one to be answered with success: see its log, or run again when the machine is less busy',
      );
    return {
      perSecond: (requests / durationUs) * 1e6,
      p50Ms: p50Us / 1000,
      p99Ms: p99Us / 1000,
      cpuUs:
        cpuBefore === undefined || cpuAfter === undefined
          ? undefined
          : ((cpuAfter - cpuBefore) / requests) * 1e6,
    };
  }
}

function parse(stdout: string, stderr: string): WrkResult {
  const [, result] = /^RESULT (.*)$/m.exec(stdout) ?? [];
  if (result === undefined) throw new Error(`wrk gave no result:\n${stdout}${stderr}`);
  return JSON.parse(result) as WrkResult;
}
