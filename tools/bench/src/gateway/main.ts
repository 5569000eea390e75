import { Cores } from '../cores';
import { Workbench } from '../workbench';
import { parseOptions, USAGE } from './options';
import { jsonReport, textReport } from './report';
import { runBench } from './run-bench';

/** Exit code 0 whatever the figures are: they say something about the machine as well. */
async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  const bench = await Workbench.open(await Cores.divide(), (line) => process.stderr.write(`… ${line}\n`));
  const stop = (): void => void bench.close().finally(() => process.exit(130));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    const run = await runBench(bench, options);
    console.log(options.isJson ? jsonReport(run) : textReport(run));
  } finally {
    await bench.close();
  }
}

main().catch((error: unknown) => {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  process.exitCode = 1;
});
