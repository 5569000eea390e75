import { Cores } from '../cores';
import { runBenchmark } from '../run-benchmark';
import { parseOptions, USAGE } from './options';
import { jsonReport, textReport } from './report';
import { runBench } from './run-bench';

runBenchmark({
  usage: USAGE,
  cores: () => Cores.divide(),
  parseOptions,
  run: runBench,
  textReport,
  jsonReport,
});
