import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { findProgram } from './installed-programs';
import { cpuSeconds } from './process-figures';
import type { Scenario } from './scenario';
import type { Target } from './target';
import type { Workbench } from './workbench';

/** One round of load. */
export interface LoadFigures {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Processor time of the target for each request; undefined where it cannot be known. */
  readonly cpuUs: number | undefined;
  /** Answered with a status of 400 or more; not part of `perSecond`. */
  readonly refused: number;
}

export interface Load {
  readonly connections: number;
  readonly seconds: number;
  /** Of a hundred requests, how many may be refused. @default 0 */
  readonly refusedPercent?: number;
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
        'wrk is not installed. It sends the load: a generator in Node could not keep the servers busy from one core. ' +
          'On Debian and Ubuntu: apt-get install wrk',
      );
    this.wrk = wrk;
  }

  /** @throws Error when more requests fail than may: the figures of the others would mean nothing */
  async send(target: Target, scenario: Scenario, load: Load): Promise<LoadFigures> {
    const cpuBefore = cpuSeconds(target.pid);
    const { requests, durationUs, p50Us, p99Us, refused, broken } = await this.run(target, scenario, load);
    const cpuAfter = cpuSeconds(target.pid);
    const { refusedPercent = 0 } = load;
    if (requests === 0 || broken > 0 || refused > (requests * refusedPercent) / 100)
      throw new Error(
        `${target.label}, ${scenario.label}: of ${requests} requests ${refused} were refused and ${broken} broke. ` +
          `Expected none to break and at most ${refusedPercent} % to be refused: see its log, or run again when the ` +
          'machine is less busy',
      );
    return {
      perSecond: ((requests - refused) / durationUs) * 1e6,
      p50Ms: p50Us / 1000,
      p99Ms: p99Us / 1000,
      cpuUs:
        cpuBefore === undefined || cpuAfter === undefined
          ? undefined
          : ((cpuAfter - cpuBefore) / requests) * 1e6,
      refused,
    };
  }

  private async run(target: Target, scenario: Scenario, { connections, seconds }: Load): Promise<WrkResult> {
    // In a file: an argument can neither be long nor hold every byte.
    const folder = mkdtempSync(path.join(this.bench.folder, 'load-'));
    const body = path.join(folder, 'body');
    writeFileSync(body, scenario.body ?? '');
    const headers = { ...scenario.headers, ...target.headers };
    const command = this.bench.cores.forOthers(
      this.wrk,
      ...['--threads', '1', '--connections', String(connections), '--duration', `${seconds}s`],
      ...['--script', SCRIPT, `${target.url}${scenario.path}`, '--'],
      ...[scenario.method, scenario.body === undefined ? '-' : body],
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    );
    const printed = await this.bench.run('wrk', command, seconds * 1000 + START_AND_STOP_MS);
    rmSync(folder, { recursive: true, force: true });
    return parse(printed);
  }
}

function parse(printed: string): WrkResult {
  const [, result] = /^RESULT (.*)$/m.exec(printed) ?? [];
  if (result === undefined) throw new Error(`wrk gave no result:\n${printed}`);
  return JSON.parse(result) as WrkResult;
}
