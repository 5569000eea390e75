import { describeMachine } from '../machine';
import { PartAttempts } from '../part-attempts';
import type { Workbench } from '../workbench';
import { LoadGenerator } from '../wrk';
import { checkAnswers, type Contestant } from './contestant';
import { ECHO } from './dialects';
import { measureDrain, READINESS_GRACE_MS } from './drain';
import { measureSoak, measureSwaps } from './endurance';
import type { Measured } from './goals';
import { InferenceStarter } from './inference-app';
import { measureLogging } from './logging-cost';
import { ALIAS, DIGITS, type DigitsVersion, Models, SLOW } from './models';
import { startBareOnnx, startEcho, startLogSink } from './node-peers';
import type { BenchOptions } from './options';
import { PythonPeers } from './python-peers';
import type { Run } from './report';
import { measureHealth, measureOverload } from './slow-model';
import { binaryContestants, measureBinary, measureMemory, measureSpeed } from './speed';

const SERVED = `${DIGITS}@${ALIAS}`;
const MLSERVER_BATCH_MS = 1;
const SLOW_RUN_MS = 30;
const HEALTH_SECONDS = 15;
const SWAP_POLL_MS = '100';

/** Starts what each part needs, measures it and ends it. */
export async function runBench(bench: Workbench, options: BenchOptions): Promise<Run> {
  const machine = describeMachine(new Date());
  const load = new LoadGenerator(bench);
  bench.say('starting MLflow, training the model');
  const models = await Models.start(bench);
  const digits = await models.trainDigits('default', ALIAS);
  const apps = await InferenceStarter.prepare(bench, models, options);
  const parts = new Parts({ bench, options, load, models, digits, apps });
  const measured = await parts.measure();
  return { machine, cores: bench.cores.description, measured, failures: parts.attempts.failures };
}

interface Surroundings {
  readonly bench: Workbench;
  readonly options: BenchOptions;
  readonly load: LoadGenerator;
  readonly models: Models;
  readonly digits: DigitsVersion;
  readonly apps: InferenceStarter;
}

/** One method for each part, in the order of the report. */
class Parts {
  readonly attempts: PartAttempts;

  constructor(private readonly around: Surroundings) {
    this.attempts = new PartAttempts(around.bench.say);
  }

  async measure(): Promise<Measured> {
    const { parts } = this.around.options;
    const isSlow = parts.has('health') || parts.has('overload');
    return {
      ...(parts.has('rates') && (await this.attempts.run('rates', () => this.rates()))),
      ...(parts.has('binary') && (await this.attempts.run('binary', () => this.binary()))),
      ...(parts.has('logging') && (await this.attempts.run('logging', () => this.logging()))),
      ...(isSlow && (await this.attempts.run('slow model', () => this.slow()))),
      ...(parts.has('swaps') && (await this.attempts.run('swaps', () => this.swaps()))),
      ...(parts.has('soak') && (await this.attempts.run('soak', () => this.soak()))),
      ...(parts.has('drain') && (await this.attempts.run('drain', () => this.drain()))),
    };
  }

  private async rates(): Promise<Measured> {
    const { load, digits, options, bench } = this.around;
    const contestants: Contestant[] = [];
    try {
      for (const start of this.contestants()) contestants.push(await this.checked(start()));
      const rates = await measureSpeed(load, contestants, { digits, turns: options, say: bench.say });
      return { rates, memory: measureMemory(contestants) };
    } finally {
      await Promise.all(contestants.map(({ server }) => server.stop()));
    }
  }

  /** In the order of the tables. */
  private contestants(): readonly (() => Promise<Contestant>)[] {
    const { bench, options, models, digits } = this.around;
    const peers = new PythonPeers(bench, digits);
    return [
      () => this.startApp('inference'),
      () => peers.mlflow(models),
      () => peers.mlserver(),
      () => peers.mlserver(MLSERVER_BATCH_MS),
      ...(options.extraPeers.has('bentoml') ? [() => peers.bentoml()] : []),
      ...(options.extraPeers.has('litserve') ? [() => peers.litserve()] : []),
      () => peers.fastapi(1),
      () => peers.fastapi(2),
      () => startBareOnnx(bench, digits),
      () => startEcho(bench),
    ];
  }

  private async binary(): Promise<Measured> {
    const { load, digits, options, bench } = this.around;
    const app = await this.startApp('inference-binary');
    const contestants = binaryContestants(app);
    for (const contestant of contestants) await checkAnswers(contestant, digits);
    bench.say('binary tensors');
    const table = await measureBinary(load, contestants, { digits, turns: options });
    await app.server.stop();
    return { binary: table };
  }

  private async logging(): Promise<Measured> {
    const { bench, load, digits, options } = this.around;
    const sink = await startLogSink(bench);
    const plain = await this.checked(this.startApp('inference-not-logging'));
    const logging = await this.checked(this.startApp('inference-logging', { LOGGING_URL: sink.target.url }));
    bench.say('price of logging');
    const cost = await measureLogging(load, { plain, logging, sink }, { digits, turns: options });
    await Promise.all([plain, logging, sink].map(({ server }) => server.stop()));
    return { logging: cost };
  }

  private async slow(): Promise<Measured> {
    const { bench, models, apps, options } = this.around;
    const { parts, overloadSeconds } = options;
    bench.say(`making a model of ${SLOW_RUN_MS} ms`);
    const slow = await models.registerSlow(SLOW_RUN_MS);
    const app = await apps.start({ name: 'inference-slow', models: `${SLOW}@${ALIAS};execution=worker` });
    await checkAnswers(app, slow);
    bench.say('a slow model at full load and beyond');
    const health = parts.has('health') && { health: await measureHealth(app, slow, HEALTH_SECONDS) };
    const overload = parts.has('overload') && { overload: await measureOverload(app, slow, overloadSeconds) };
    await app.server.stop();
    return { ...health, ...overload };
  }

  private async swaps(): Promise<Measured> {
    const { bench, models, digits, options } = this.around;
    const app = await this.checked(
      this.startApp('inference-swaps', { MODEL_POLL_INTERVAL_MS: SWAP_POLL_MS }),
    );
    const versions = [digits, await models.trainDigits('strong', '')];
    bench.say(`${options.swaps} swaps under load`);
    const swaps = await measureSwaps(app, { models, versions, moves: options.swaps });
    await models.moveAlias(digits.version);
    await app.server.stop();
    return { swaps };
  }

  private async soak(): Promise<Measured> {
    const { bench, load, digits, options } = this.around;
    const app = await this.checked(this.startApp('inference-soak'));
    bench.say(`${options.soakMinutes} min of load`);
    const soak = await measureSoak(load, app, { digits, minutes: options.soakMinutes });
    await app.server.stop();
    return { soak };
  }

  private async drain(): Promise<Measured> {
    const { bench, digits } = this.around;
    const grace = { SHUTDOWN_READINESS_GRACE_MS: String(READINESS_GRACE_MS) };
    const app = await this.checked(this.startApp('inference-drain', grace));
    bench.say('SIGTERM under load');
    return { drain: await measureDrain(app, digits) };
  }

  private startApp(name: string, environment: Readonly<Record<string, string>> = {}): Promise<Contestant> {
    this.around.bench.say(`starting ${name}`);
    return this.around.apps.start({ name, models: SERVED, environment });
  }

  /** Measures nobody whose answers are wrong. */
  private async checked(starting: Promise<Contestant>): Promise<Contestant> {
    const contestant = await starting;
    const { digits } = this.around;
    const isEcho = contestant.dialect === ECHO;
    await checkAnswers(contestant, isEcho ? { ...digits, predictions: digits.rows } : digits);
    return contestant;
  }
}
