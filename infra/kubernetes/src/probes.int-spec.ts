import { OVERLAYS, render, type KubernetesObject } from './rendered';
import { containerOf, ofKind, WORKLOAD_NAMES, workload, type WorkloadName } from './workloads';

const PORTS: Record<WorkloadName, number> = {
  api: 8080,
  'inference-service': 8000,
  'cloud-logging-api': 8001,
};

interface Service extends KubernetesObject {
  readonly spec: { readonly ports: readonly { readonly port: number }[]; readonly clusterIP?: string };
}

describe.each(OVERLAYS)('%s', (overlay) => {
  let objects: KubernetesObject[];
  beforeAll(async () => {
    objects = await render(overlay);
  });

  it.each(WORKLOAD_NAMES)('asks %s for its health as the requirements say, to the second', (name) => {
    const { startupProbe, livenessProbe, readinessProbe } = containerOf(workload(objects, name));
    expect(startupProbe).toEqual({
      httpGet: { path: '/health', port: 'http' },
      periodSeconds: 5,
      failureThreshold: 30,
      timeoutSeconds: 3,
    });
    expect(livenessProbe).toEqual({
      httpGet: { path: '/health', port: 'http' },
      initialDelaySeconds: 30,
      periodSeconds: 10,
      failureThreshold: 3,
      timeoutSeconds: 3,
    });
    expect(readinessProbe).toEqual({
      httpGet: { path: '/ready', port: 'http' },
      initialDelaySeconds: 10,
      periodSeconds: 5,
      failureThreshold: 2,
      timeoutSeconds: 3,
    });
  });

  it.each(WORKLOAD_NAMES)('has the service %s in mlops on the port of the app', (name) => {
    const service = ofKind<Service>(objects, 'Service').find(({ metadata }) => metadata.name === name);
    expect(service?.metadata.namespace).toBe('mlops');
    expect(service?.spec.clusterIP).toBeUndefined();
    expect(service?.spec.ports.map(({ port }) => port)).toEqual([PORTS[name]]);
  });
});
