import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { generateApiKey } from '@tidegate/api-keys';
import { hostEnvironment, runCommand } from '@tidegate/local-parts';
import { workspaceRoot } from '@tidegate/testing';
import { guideCommands } from '../src/alerts-guide';
import { allExpressions, dashboardExpressions } from '../src/expressions';
import { selectorsOf } from '../src/promql';
import { differencesFromDocument } from './documented-metrics';
import { FastMonitoring } from './fast-monitoring';
import { scrape, type SeriesLabels } from './metric-families';
import { startWatchedSystem, type WatchedSystem } from './watched-system';

const SEARCH = 'mlflow/api/2.0/mlflow/registered-models/search';
const START_TIMEOUT_MS = 5 * 60_000;
const FAULT_TIMEOUT_MS = 3 * 60_000;
/** A row of the sample model: an eight, or not. */
const INSTANCE = Array.from({ length: 64 }, (_, index) => index % 16);
/** Made by Prometheus itself. */
const OF_PROMETHEUS: readonly (readonly [string, readonly string[]])[] = [
  ['up', ['job', 'instance']],
  ['ALERTS', ['alertname', 'alertstate', 'severity']],
];
/** What Grafana puts in for its variable at this pace. */
const GRAPH_WINDOW = '10s';
/** Panels that are empty here: no caller was refused, no challenger runs, no address changed. */
const NOTHING_HAPPENED: readonly string[] = [
  'Tidegate: gateway, Refused for too many requests',
  'Tidegate: inference, Requests that were not run',
  'Tidegate: inference, Challengers and lost workers',
  'Tidegate: discovery, Addresses',
];
/** More than are on their way at a time would only queue, where the machine is slow. */
const MAX_ON_THE_WAY = 20;
/** Labels that a scrape adds. */
const OF_TARGETS = ['job', 'instance'];

describe('a real Prometheus and Alertmanager watch the three apps', () => {
  let folder: string;
  let system: WatchedSystem;
  let monitoring: FastMonitoring;
  let traffic: NodeJS.Timeout | undefined;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tidegate-test-monitoring-'));
    system = await startWatchedSystem(folder);
    monitoring = await FastMonitoring.start(folder, {
      api: system.api.url,
      'inference-service': system.inferenceUrl,
      'logging-service': system.logging.url,
    });
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    clearInterval(traffic);
    await monitoring?.stop();
    await system?.remove();
    await rm(folder, { recursive: true, force: true });
  }, FAULT_TIMEOUT_MS);

  /** The status; 0 without an answer. */
  async function call(route: string, body?: unknown, key = system.key): Promise<number> {
    const request =
      body === undefined
        ? {}
        : { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    try {
      const response = await fetch(`${system.api.url}/api/${route}`, {
        ...request,
        headers: { ...request.headers, authorization: `Bearer ${key}` },
      });
      await response.arrayBuffer();
      return response.status;
    } catch {
      return 0;
    }
  }

  const predict = (instances: unknown): Promise<number> => call('inference/predict', { instances });

  it(
    'ModelNotLoaded fires while the alias is missing and clears when it is set; then nothing fires',
    async () => {
      const alert = { alertname: 'ModelNotLoaded', model: 'digits', stage: 'production' };
      await monitoring.fires(alert);
      await system.releaseModel();
      await monitoring.clears(alert);
      // From now on somebody always asks for something.
      let onTheWay = 0;
      traffic = setInterval(() => {
        if (onTheWay >= MAX_ON_THE_WAY) return;
        for (const asked of [predict([INSTANCE]), call(SEARCH)]) {
          onTheWay += 1;
          void asked.finally(() => (onTheWay -= 1));
        }
      }, 100);
      await monitoring.isQuiet();
    },
    FAULT_TIMEOUT_MS,
  );

  it(
    'ServiceDown and PredictionLogBehind fire without the prediction log, are told where they belong, and clear',
    async () => {
      await system.logging.kill();
      await predict(Array.from({ length: 300 }, () => INSTANCE));
      await monitoring.fires({ alertname: 'ServiceDown', job: 'logging-service', severity: 'page' });
      await monitoring.fires({ alertname: 'PredictionLogBehind', severity: 'ticket' });
      // It only follows from the page.
      await monitoring.keepsQuiet('PredictionLogBehind');
      const page = await monitoring.tells('pages', 'FIRING', 'ServiceDown');
      expect(page.text).toMatch(
        /^\*No process of logging-service answers\*\nPrometheus reads .*\nWhat to do: docs\/alerts\.md#servicedown$/m,
      );
      await system.logging.start();
      await monitoring.clears({ alertname: 'ServiceDown' });
      await monitoring.clears({ alertname: 'PredictionLogBehind' });
      await monitoring.tells('pages', 'RESOLVED', 'ServiceDown');
    },
    FAULT_TIMEOUT_MS,
  );

  it(
    'LogDatabaseAway and AuthenticationUnavailable fire without PostgreSQL and clear with it',
    async () => {
      await system.postgres.stop();
      await call(SEARCH, undefined, unknownKey());
      await monitoring.fires({ alertname: 'AuthenticationUnavailable', severity: 'page' });
      await monitoring.fires({
        alertname: 'LogDatabaseAway',
        service: 'cloud-logging-api',
        severity: 'page',
      });
      await system.postgres.start();
      await monitoring.clears({ alertname: 'LogDatabaseAway' });
      await monitoring.clears({ alertname: 'AuthenticationUnavailable' });
    },
    FAULT_TIMEOUT_MS,
  );

  it(
    'UpstreamUnreachable, RegistryUnreachable and ErrorBudgetBurnsFast fire without MLflow, and all but the last clear with it',
    async () => {
      await system.mlflow.stop();
      await monitoring.fires({ alertname: 'UpstreamUnreachable', upstream: 'MLflow', severity: 'page' });
      await monitoring.fires({ alertname: 'RegistryUnreachable', severity: 'ticket' });
      await monitoring.keepsQuiet('RegistryUnreachable');
      await monitoring.fires({
        alertname: 'ErrorBudgetBurnsFast',
        slo: 'api-availability',
        severity: 'page',
      });
      expect(await predict([INSTANCE])).toBe(200);
      await system.mlflow.start();
      await monitoring.clears({ alertname: 'UpstreamUnreachable' });
      await monitoring.clears({ alertname: 'RegistryUnreachable' });
    },
    FAULT_TIMEOUT_MS,
  );

  it(
    'DnsStaleAnswers and DnsLookupsFail fire without the name server, nobody is hurt, and they clear with it',
    async () => {
      await system.dns.stop();
      await monitoring.fires({ alertname: 'DnsStaleAnswers', severity: 'page' });
      await monitoring.fires({ alertname: 'DnsLookupsFail', severity: 'ticket' });
      expect(await call(SEARCH)).toBe(200);
      await system.dns.startAgain();
      await monitoring.clears({ alertname: 'DnsStaleAnswers' });
      await monitoring.clears({ alertname: 'DnsLookupsFail' });
    },
    FAULT_TIMEOUT_MS,
  );

  it(
    'PredictionErrors fires while a client sends nonsense and clears afterwards',
    async () => {
      const alert = { alertname: 'PredictionErrors', model: 'digits' };
      const client = setInterval(() => void predict([[1, 2, 3]]), 100);
      await monitoring.fires(alert).finally(() => clearInterval(client));
      await monitoring.clears(alert);
    },
    FAULT_TIMEOUT_MS,
  );

  it(
    'ErrorBudgetBurnsFast clears when its windows are past the outage',
    () => monitoring.clears({ alertname: 'ErrorBudgetBurnsFast' }),
    FAULT_TIMEOUT_MS,
  );

  describe('after all that', () => {
    let exported: SeriesLabels;
    let differences: readonly string[];

    beforeAll(async () => {
      exported = await scrape([system.api.url, system.inferenceUrl, system.logging.url]);
      differences = differencesFromDocument(exported);
      for (const [name, labels] of OF_PROMETHEUS) exported.set(name, new Set(labels));
    });

    it('docs/metrics.md lists what the apps export, with its labels', () => {
      expect(differences).toEqual([]);
    });

    it('every metric of a rule or dashboard is one that the apps export, with the labels it is chosen by', () => {
      const wrong = allExpressions().flatMap(({ where, text }) =>
        selectorsOf(text)
          .filter(({ metric }) => !metric.includes(':'))
          .flatMap(({ metric, labels }) => {
            const known = exported.get(metric);
            if (known === undefined) return [`${where}: no app exports ${metric}`];
            // A counter without an event yet has no series to look at.
            if (known.size === 0 && labels.length > 0) return [];
            return labels
              .filter((label) => !known.has(label) && !OF_TARGETS.includes(label))
              .map((label) => `${where}: ${metric} has no label ${label}`);
          }),
      );
      expect(wrong).toEqual([]);
    });

    it.each([
      ['inference_model_loaded', ['model', 'stage']],
      ['inference_predictions_total', ['model']],
      ['inference_errors_total', ['model']],
      ['inference_mlflow_accessible', []],
      ['logging_db_initialized', ['service']],
      ['logging_predictions_total', ['service']],
      ['logging_defects_total', ['service']],
      ['logging_errors_total', ['service']],
    ])('%s is exported under the name and labels that were promised', (name, labels) => {
      expect([...(exported.get(name) ?? ['missing'])].sort()).toEqual([...labels].sort());
    });

    it('every panel shows something, with what its legend names, but for what did not happen', async () => {
      const expressions = dashboardExpressions(GRAPH_WINDOW);
      const answers = await Promise.all(expressions.map(({ text }) => monitoring.query(text)));
      const empty = expressions.filter((_, index) => answers[index]?.length === 0).map(({ where }) => where);
      expect(empty).toEqual(NOTHING_HAPPENED);
      const nameless = expressions.flatMap(({ where, legend }, index) =>
        [...legend.matchAll(/{{(\w+)}}/g)]
          .filter(([, label = '']) => answers[index]?.some((series) => series[label] === undefined))
          .map(([name]) => `${where}: ${name}`),
      );
      expect(nameless).toEqual([]);
    });

    it('every command of docs/alerts.md runs', async () => {
      const commands = guideCommands().filter((command) => /^(curl|promtool) /.test(command));
      expect(commands.length).toBeGreaterThan(40);
      const script = ['set -e', ...commands.map((command) => command.replace('curl -sS ', 'curl -sSf '))];
      const result = await runCommand('/bin/bash', ['-xc', script.join('\n')], {
        env: {
          ...hostEnvironment(),
          API: system.api.url,
          PROMETHEUS: monitoring.url,
          TIDEGATE_KEY: system.key,
        },
        cwd: workspaceRoot,
        timeoutMs: 120_000,
      });
      expect(result.exitCode === 0 ? '' : result.stderr.slice(-1_000)).toBe('');
    }, 120_000);
  });
});

/** A key of the right form that only the database could know. */
function unknownKey(): string {
  return generateApiKey({ environment: 'test' }).text;
}
