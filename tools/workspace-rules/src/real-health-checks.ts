import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import type { HealthCheckRow } from './health-document';
import { kubernetesObjects, type Probe } from './kubernetes-objects';
import { workspaceRoot } from './lint-texts';

interface ComposeCheck {
  readonly start_period: string;
  readonly interval: string;
  readonly timeout: string;
  readonly retries: number;
  readonly test: readonly string[];
}

interface AwsService {
  readonly name: string;
  readonly healthCommand: readonly string[];
  readonly publicRoutes?: { readonly healthPath: string };
}

interface AwsHealth {
  readonly container: Readonly<
    Record<'startPeriodSeconds' | 'intervalSeconds' | 'timeoutSeconds' | 'retries', number>
  >;
  readonly loadBalancer: Readonly<
    Record<'intervalSeconds' | 'timeoutSeconds' | 'healthyThreshold' | 'unhealthyThreshold', number>
  >;
}

/** What the guide calls a service that a platform names otherwise. */
const NAMES: Readonly<Record<string, string>> = {
  logging: 'log',
  'inference-service': 'inference',
  'cloud-logging-api': 'log',
};
const PROBES = { startup: 'startupProbe', liveness: 'livenessProbe', readiness: 'readinessProbe' } as const;
/** What a program asks that is told no path. */
const ASKED_BY: Readonly<Record<string, string>> = { '/app/health_check.py': '/health' };

/** The rows as manifests, compose file and stacks have them; sources are loaded as data, by their paths. */
export async function realHealthChecks(): Promise<HealthCheckRow[]> {
  return merged([...(await awsRows()), ...kubernetesRows(), ...composeRows()]);
}

async function awsRows(): Promise<HealthCheckRow[]> {
  const { healthSettings } = (await load('infra/aws/src/environments/health-settings.schema.ts')) as {
    healthSettings: { parse(value: unknown): AwsHealth };
  };
  const { SERVICES } = (await load('infra/aws/src/services/index.ts')) as { SERVICES: AwsService[] };
  const { container, loadBalancer } = healthSettings.parse({});
  return [
    ...SERVICES.map(({ name, healthCommand }) => ({
      who: 'ECS, container check',
      asks: askedBy(healthCommand),
      of: NAMES[name] ?? name,
      firstAfter: `${container.startPeriodSeconds} s forgiven`,
      every: `${container.intervalSeconds} s`,
      givesUpAfter: `${container.timeoutSeconds} s`,
      inARow: String(container.retries),
    })),
    ...SERVICES.flatMap(({ name, publicRoutes }) =>
      publicRoutes === undefined
        ? []
        : {
            who: 'load balancer',
            asks: `\`${publicRoutes.healthPath}\``,
            of: `${name}; mlflow where its pages are on`,
            firstAfter: 'at once',
            every: `${loadBalancer.intervalSeconds} s`,
            givesUpAfter: `${loadBalancer.timeoutSeconds} s`,
            inARow: `${loadBalancer.healthyThreshold} well, ${loadBalancer.unhealthyThreshold} not`,
          },
    ),
  ];
}

function kubernetesRows(): HealthCheckRow[] {
  const containers = kubernetesObjects().flatMap(({ metadata, spec }) =>
    (spec?.template?.spec.containers ?? []).map((container) => ({ name: metadata.name, container })),
  );
  return Object.entries(PROBES).flatMap(([probe, field]) =>
    containers.map(({ name, container }) =>
      probeRow(`Kubernetes, ${probe}`, NAMES[name] ?? name, container[field]),
    ),
  );
}

function probeRow(who: string, of: string, probe: Probe): HealthCheckRow {
  return {
    ...{ who, of },
    asks: `\`${probe.httpGet.path}\``,
    firstAfter: probe.initialDelaySeconds === undefined ? 'at once' : `${probe.initialDelaySeconds} s`,
    every: `${probe.periodSeconds} s`,
    givesUpAfter: `${probe.timeoutSeconds} s`,
    inARow: String(probe.failureThreshold),
  };
}

function composeRows(): HealthCheckRow[] {
  const { services } = parse(read('infra/compose/compose.yaml'), { merge: true }) as {
    services: Record<string, { healthcheck?: ComposeCheck }>;
  };
  return Object.entries(services).flatMap(([name, { healthcheck }]) =>
    healthcheck === undefined
      ? []
      : {
          who: 'Compose',
          asks: askedBy(healthcheck.test),
          of: NAMES[name] ?? name,
          firstAfter: `${spaced(healthcheck.start_period)} forgiven`,
          every: spaced(healthcheck.interval),
          givesUpAfter: spaced(healthcheck.timeout),
          inARow: String(healthcheck.retries),
        },
  );
}

/** `/live` of `[CMD, node, …, 8080, /live]`; else the program, without its options. */
function askedBy([, ...words]: readonly string[]): string {
  const last = words.at(-1) ?? '';
  const path = ASKED_BY[last] ?? last;
  if (path.startsWith('/')) return `\`${path}\``;
  const options = words.findIndex((word) => word.startsWith('--'));
  return `\`${words.slice(0, options < 0 ? undefined : options).join(' ')}\``;
}

function spaced(duration: string): string {
  return duration.replace(/^(\d+)s$/, '$1 s');
}

/** Services that are asked in the same way stand in one row. */
function merged(rows: readonly HealthCheckRow[]): HealthCheckRow[] {
  const groups = new Map<string, HealthCheckRow>();
  for (const row of rows) {
    const key = JSON.stringify({ ...row, of: '' });
    const { of: others } = groups.get(key) ?? {};
    const names = others === undefined ? [row.of] : [...others.split(', '), row.of];
    groups.set(key, { ...row, of: names.sort().join(', ') });
  }
  return [...groups.values()];
}

function read(file: string): string {
  return readFileSync(path.join(workspaceRoot, file), 'utf8');
}

function load(file: string): Promise<unknown> {
  return import(path.join(workspaceRoot, file));
}
