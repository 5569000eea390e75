import type { Cores } from './cores';
import type { PartFailure } from './part-attempts';
import { Workbench } from './workbench';

export interface Benchmark<Options, Run> {
  readonly usage: string;
  /** Which process runs where. */
  cores(): Cores | Promise<Cores>;
  parseOptions(args: readonly string[]): Options;
  run(bench: Workbench, options: Options): Promise<Run>;
  textReport(run: Run): string;
  jsonReport(run: Run): string;
}

/**
 * A benchmark as a program. Exit code 1 when a part could not be measured, 0 whatever the figures are: they say something
 * about the machine as well.
 */
export function runBenchmark<
  Options extends { readonly isJson: boolean },
  Run extends { readonly failures: readonly PartFailure[] },
>(benchmark: Benchmark<Options, Run>): void {
  measure(benchmark).catch((error: unknown) => {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${benchmark.usage}`);
    process.exitCode = 1;
  });
}

async function measure<
  Options extends { readonly isJson: boolean },
  Run extends { readonly failures: readonly PartFailure[] },
>(benchmark: Benchmark<Options, Run>): Promise<void> {
  const options = benchmark.parseOptions(process.argv.slice(2));
  const bench = await Workbench.open(await benchmark.cores(), (line) => process.stderr.write(`… ${line}\n`));
  const stop = (): void => void bench.close().finally(() => process.exit(130));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    const run = await benchmark.run(bench, options);
    console.log(options.isJson ? benchmark.jsonReport(run) : benchmark.textReport(run));
    if (run.failures.length > 0) process.exitCode = 1;
  } finally {
    await bench.close();
  }
}
