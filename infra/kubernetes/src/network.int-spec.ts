import { isAllowed, policiesFor } from './network-policies';
import { OVERLAYS, render, type KubernetesObject } from './rendered';
import {
  containerOf,
  found,
  ofKind,
  selects,
  settingsOf,
  WORKLOAD_NAMES,
  workload,
  workloads,
  type Labels,
  type Workload,
  type WorkloadName,
} from './workloads';

interface Service extends KubernetesObject {
  readonly spec: {
    readonly selector: Labels;
    readonly ports: readonly { readonly port: number; readonly targetPort: string }[];
  };
}

const CLUSTER_NAME = /^([a-z0-9-]+)\.mlops\.svc\.cluster\.local$/;
/** Services this installation expects to find. */
const EXPECTED_SERVICES: Readonly<Record<string, number>> = { mlflow: 5000, postgres: 5432 };
/** Ports of what may be outside of the cluster: PostgreSQL, Redis, MLflow. */
const OUTSIDE_PORTS: Record<WorkloadName, readonly number[]> = {
  api: [5432, 6379, 5000],
  'inference-service': [],
  'cloud-logging-api': [5432],
};

describe.each(OVERLAYS)('%s', (overlay) => {
  let objects: KubernetesObject[];
  beforeAll(async () => {
    objects = await render(overlay);
  });

  it('has a service and a port behind every address in the settings, and policies that let it be reached', () => {
    const addresses = workloads(objects).flatMap((from) =>
      Object.entries(settingsOf(objects, containerOf(from)))
        .filter(([, value]) => value.startsWith('http'))
        .map(([variable, value]) => ({ from, variable, url: new URL(value) })),
    );
    expect(addresses.map(({ from, variable }) => `${from.metadata.name} ${variable}`).sort()).toEqual([
      'api INFERENCE_URL',
      'api LOGGING_URL',
      'api MLFLOW_TRACKING_URI',
      'inference-service LOGGING_URL',
      'inference-service MLFLOW_TRACKING_URI',
    ]);
    expect(addresses.filter(({ from, url }) => !canReach(from, url)).map(({ url }) => url.href)).toEqual([]);
  });

  it.each(WORKLOAD_NAMES)('lets %s out to what may be outside of the cluster, and nowhere else', (name) => {
    const from = labelsOf(workload(objects, name));
    const open = [443, 5000, 5432, 6379].filter((port) => isAllowed(objects, { from, to: undefined, port }));
    expect(open).toEqual([...OUTSIDE_PORTS[name]].sort());
  });

  it.each([
    ['who is outside of the namespace', undefined, 'inference-service', 8000],
    ['who is outside of the namespace', undefined, 'cloud-logging-api', 8001],
    ['another pod', { app: 'notebook' }, 'inference-service', 8000],
    ['another pod', { app: 'notebook' }, 'cloud-logging-api', 8001],
    ['the prediction log', { 'app.kubernetes.io/name': 'cloud-logging-api' }, 'inference-service', 8000],
  ] as const)('does not let %s %j reach %s', (_, from, name, port) => {
    const to = labelsOf(workload(objects, name));
    expect(isAllowed(objects, { from, to, port, portName: 'http' })).toBe(false);
  });

  it('lets everybody reach the api', () => {
    const to = labelsOf(workload(objects, 'api'));
    for (const from of [undefined, { app: 'notebook' }])
      expect(isAllowed(objects, { from, to, port: 8080, portName: 'http' })).toBe(true);
  });

  it.each(['inference-service', 'cloud-logging-api'] as const)('lets Prometheus scrape %s', (name) => {
    const [policy] = policiesFor(objects, labelsOf(workload(objects, name)));
    expect(policy?.spec.ingress[0]?.from).toContainEqual({
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } },
    });
    const { annotations } = workload(objects, name).spec.template.metadata;
    expect(annotations).toMatchObject({ 'prometheus.io/scrape': 'true', 'prometheus.io/path': '/metrics' });
    expect(containerOf(workload(objects, name)).ports[0]?.containerPort).toBe(
      Number(annotations['prometheus.io/port']),
    );
  });

  it.each(WORKLOAD_NAMES)('closes %s in both directions, but for what its one policy opens', (name) => {
    const [policy, ...others] = policiesFor(objects, labelsOf(workload(objects, name)));
    expect(policy?.spec.policyTypes).toEqual(['Ingress', 'Egress']);
    expect(others).toEqual([]);
  });

  it.each(WORKLOAD_NAMES)('lets %s ask the name server', (name) => {
    const [policy] = policiesFor(objects, labelsOf(workload(objects, name)));
    expect(policy?.spec.egress[0]).toEqual({
      to: [{ namespaceSelector: {}, podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } }],
      ports: [
        { port: 53, protocol: 'UDP' },
        { port: 53, protocol: 'TCP' },
      ],
    });
  });

  it('names ports in its policies that the pods have', () => {
    const policies = workloads(objects).map((target) => ({
      names: policiesFor(objects, labelsOf(target)).flatMap(({ spec }) =>
        spec.ingress.flatMap(({ ports }) => ports.map(({ port }) => port)),
      ),
      ports: containerOf(target).ports.map(({ name }) => name),
    }));
    expect(policies).toHaveLength(WORKLOAD_NAMES.length);
    for (const { names, ports } of policies) expect(ports).toEqual(expect.arrayContaining(names));
  });

  function canReach(from: Workload, url: URL): boolean {
    const name = found(CLUSTER_NAME.exec(url.hostname)?.[1], `whole cluster name in ${url.href}`);
    const port = Number(url.port);
    if (EXPECTED_SERVICES[name] !== undefined)
      return (
        EXPECTED_SERVICES[name] === port && isAllowed(objects, { from: labelsOf(from), to: undefined, port })
      );
    const service = found(
      ofKind<Service>(objects, 'Service').find(({ metadata }) => metadata.name === name),
      `service ${name}`,
    );
    const { targetPort } = found(
      service.spec.ports.find((candidate) => candidate.port === port),
      `port ${port} of ${name}`,
    );
    const target = found(
      workloads(objects).find((candidate) => selects(service.spec.selector, labelsOf(candidate))),
      `pod behind ${name}`,
    );
    const podPort = found(
      containerOf(target).ports.find((candidate) => candidate.name === targetPort),
      `port ${targetPort} of the pods of ${name}`,
    );
    return isAllowed(objects, {
      from: labelsOf(from),
      to: labelsOf(target),
      port: podPort.containerPort,
      portName: podPort.name,
    });
  }
});

function labelsOf({ spec }: Workload): Labels {
  return spec.template.metadata.labels;
}
