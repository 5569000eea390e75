import { readdirSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hostEnvironment, runCommand } from '@tidegate/local-parts';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { alertRules, monitoringFolder, prometheusFolder } from './rule-files';

interface ScrapeConfig {
  readonly job_name: string;
  readonly file_sd_configs?: readonly { readonly files: readonly string[] }[];
  readonly kubernetes_sd_configs?: readonly {
    readonly role: string;
    readonly namespaces: { readonly names: string[] };
  }[];
  readonly relabel_configs?: readonly { readonly regex?: string; readonly action?: string }[];
}

interface PrometheusConfig {
  readonly global: Record<string, string>;
  readonly scrape_configs: readonly ScrapeConfig[];
}

const JOBS = ['api', 'inference-service', 'logging-service'];
const MANIFESTS = path.join(monitoringFolder, '../kubernetes/base');
const ALERTMANAGER = path.join(monitoringFolder, 'alertmanager/alertmanager.yml');

function read<T>(file: string): T {
  return parse(readFileSync(file, 'utf8')) as T;
}

async function output(program: string, args: string[], cwd = monitoringFolder): Promise<string> {
  const { exitCode, stdout, stderr } = await runCommand(program, args, {
    env: hostEnvironment(),
    cwd,
    timeoutMs: 20_000,
  });
  return exitCode === 0 ? stdout : `${program} ended with ${exitCode}:\n${stdout}${stderr}`;
}

describe('prometheus.yml', () => {
  const config = read<PrometheusConfig>(path.join(prometheusFolder, 'prometheus.yml'));

  it('is accepted with its rules and targets', async () => {
    expect(await output('promtool', ['check', 'config', 'prometheus.yml'], prometheusFolder)).toContain(
      'SUCCESS: prometheus.yml is valid',
    );
  });

  it('asks the three apps every 15 seconds, at first where npm start has them', () => {
    expect(config.global['scrape_interval']).toBe('15s');
    const targets = config.scrape_configs.map(({ job_name, file_sd_configs }) => [
      job_name,
      read<unknown>(path.join(prometheusFolder, file_sd_configs?.[0]?.files[0] ?? '')),
    ]);
    expect(targets).toEqual([
      ['api', [{ targets: ['127.0.0.1:8080'] }]],
      ['inference-service', [{ targets: ['127.0.0.1:8000'] }]],
      ['logging-service', [{ targets: ['127.0.0.1:8001'] }]],
    ]);
  });
});

describe('prometheus-kubernetes.yml', () => {
  const config = read<PrometheusConfig>(path.join(prometheusFolder, 'prometheus-kubernetes.yml'));
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tidegate-test-prometheus-'));
    await cp(prometheusFolder, folder, { recursive: true });
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** Debian's promtool knows no kubernetes_sd_configs: the next test looks at those. */
  it('is accepted with known addresses in the place of the search for pods', async () => {
    const scrape_configs = config.scrape_configs.map(({ kubernetes_sd_configs: _, ...scrape }) => ({
      ...scrape,
      static_configs: [{ targets: ['127.0.0.1:1'] }],
    }));
    await writeFile(path.join(folder, 'known.yml'), stringify({ ...config, scrape_configs }));
    expect(await output('promtool', ['check', 'config', 'known.yml'], folder)).toContain(
      'SUCCESS: known.yml',
    );
  });

  it('asks the pods of the manifests under the same job names', () => {
    expect(config.scrape_configs.map(({ job_name }) => job_name)).toEqual(JOBS);
    const { namespace } = read<{ namespace: string }>(path.join(MANIFESTS, 'kustomization.yaml'));
    for (const { kubernetes_sd_configs, relabel_configs } of config.scrape_configs) {
      expect(kubernetes_sd_configs).toEqual([{ role: 'pod', namespaces: { names: [namespace] } }]);
      const kept = relabel_configs?.find(({ action }) => action === 'keep')?.regex;
      expect(podsOfManifests()).toContain(kept);
    }
  });
});

interface Manifest {
  readonly kind: string;
  readonly spec: {
    readonly template: {
      readonly metadata: { readonly labels: Record<string, string> };
      readonly spec: { readonly containers: { readonly ports?: { readonly name: string }[] }[] };
    };
  };
}

/** `<name label>;<name of a port>` of every pod. */
function podsOfManifests(): string[] {
  return readdirSync(MANIFESTS, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml'))
    .flatMap((name) => parseAllDocuments(readFileSync(path.join(MANIFESTS, name), 'utf8')))
    .map((document) => document.toJS() as Manifest)
    .filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet')
    .flatMap(({ spec: { template } }) =>
      template.spec.containers.flatMap(({ ports = [] }) =>
        ports.map(({ name }) => `${template.metadata.labels['app.kubernetes.io/name']};${name}`),
      ),
    );
}

describe('alertmanager.yml', () => {
  interface Matchers {
    readonly source_matchers: readonly string[];
    readonly target_matchers: readonly string[];
  }
  const config = read<{ inhibit_rules: Matchers[] }>(ALERTMANAGER);

  it('is accepted', async () => {
    expect(await output('amtool', ['check-config', ALERTMANAGER])).toContain('SUCCESS');
  });

  it.each(alertRules())('sends $alert ($labels.severity) to the receiver of its severity', async (rule) => {
    const severity = rule.labels['severity'];
    expect(['page', 'ticket']).toContain(severity);
    const labels = [`alertname=${rule.alert}`, `severity=${severity}`];
    const receiver = await output('amtool', [
      'config',
      'routes',
      'test',
      `--config.file=${ALERTMANAGER}`,
      ...labels,
    ]);
    expect(receiver.trim()).toBe(`${severity}s`);
  });

  it('names only alerts that exist where one keeps another quiet', () => {
    const known = alertRules().map(({ alert }) => alert);
    const named = config.inhibit_rules.flatMap(({ source_matchers, target_matchers }) =>
      [...source_matchers, ...target_matchers].flatMap(
        (matcher) => /^alertname=~?"(.*)"$/.exec(matcher)?.[1]?.split('|') ?? [],
      ),
    );
    expect(named.length).toBeGreaterThan(15);
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
  });
});
