import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { OVERLAYS, render, type KubernetesObject } from './rendered';
import {
  containerOf,
  found,
  ofKind,
  selects,
  WORKLOAD_NAMES,
  workload,
  workloads,
  type Labels,
  type Workload,
} from './workloads';

interface Service extends KubernetesObject {
  readonly spec: {
    readonly clusterIP?: string;
    readonly selector: Labels;
    readonly ports: readonly { readonly name: string; readonly port: number; readonly targetPort: string }[];
  };
}

interface DisruptionBudget extends KubernetesObject {
  readonly spec: { readonly selector: { readonly matchLabels: Labels }; readonly maxUnavailable: number };
}

interface Autoscaler extends KubernetesObject {
  readonly spec: {
    readonly scaleTargetRef: { readonly apiVersion: string; readonly kind: string; readonly name: string };
    readonly minReplicas: number;
    readonly maxReplicas: number;
    readonly metrics: readonly { readonly resource: { readonly name: string } }[];
  };
}

interface Ingress extends KubernetesObject {
  readonly spec: {
    readonly rules: readonly {
      readonly http: { readonly paths: readonly { readonly path: string; readonly backend: Backend }[] };
    }[];
  };
}

interface Backend {
  readonly service: { readonly name: string; readonly port: { readonly name: string } };
}

const CLUSTER_WIDE = ['Namespace'];

it('has an overlay for environments that infra/aws has, too', () => {
  const overlays = readdirSync(path.join(__dirname, '..', 'overlays'));
  expect(overlays.sort()).toEqual([...OVERLAYS].sort());
  const environments = path.join(__dirname, '..', '..', 'aws', 'src', 'environments');
  expect(overlays.filter((name) => !existsSync(path.join(environments, `${name}.ts`)))).toEqual([]);
});

describe.each(OVERLAYS)('%s', (overlay) => {
  let objects: KubernetesObject[];
  beforeAll(async () => {
    objects = await render(overlay);
  });

  it('keeps everything in mlops', () => {
    const elsewhere = objects
      .filter(({ kind }) => !CLUSTER_WIDE.includes(kind))
      .filter(({ metadata }) => metadata.namespace !== 'mlops');
    expect(elsewhere).toEqual([]);
    expect(ofKind(objects, 'Namespace').map(({ metadata }) => metadata.name)).toEqual(['mlops']);
  });

  it('runs the three apps', () => {
    expect(workloads(objects).map(({ metadata }) => metadata.name)).toEqual(WORKLOAD_NAMES);
  });

  it.each(WORKLOAD_NAMES)(
    'finds the pods of %s by their labels: itself, its spread and its budget',
    (name) => {
      const { spec } = workload(objects, name);
      const { labels } = spec.template.metadata;
      const selectors = [
        spec.selector,
        ...spec.template.spec.topologySpreadConstraints.map(({ labelSelector }) => labelSelector),
      ];
      expect(selectors).toHaveLength(3);
      expect(selectors.filter(({ matchLabels }) => !selects(matchLabels, labels))).toEqual([]);
      const budgets = ofKind<DisruptionBudget>(objects, 'PodDisruptionBudget');
      expect(
        budgets.filter((budget) => selects(budget.spec.selector.matchLabels, labels)).map(nameOf),
      ).toEqual([name]);
    },
  );

  it('has services that each lead to the pods of one workload, to a port they have', () => {
    const services = ofKind<Service>(objects, 'Service');
    expect(services.map(nameOf).sort()).toEqual([...WORKLOAD_NAMES, 'cloud-logging-api-pods'].sort());
    for (const service of services) {
      const [target, ...others] = selectedBy(service.spec.selector);
      expect(others).toEqual([]);
      const ports = containerOf(found(target, `pod behind ${service.metadata.name}`)).ports;
      for (const { port, targetPort } of service.spec.ports)
        expect(ports).toContainEqual(expect.objectContaining({ name: targetPort, containerPort: port }));
    }
  });

  it('gives the pods of the prediction log names by a service without an address', () => {
    const { serviceName } = workload(objects, 'cloud-logging-api').spec;
    const service = ofKind<Service>(objects, 'Service').find(({ metadata }) => metadata.name === serviceName);
    expect(service?.spec.clusterIP).toBe('None');
  });

  it('scales what is there, by what its pods ask for, and leaves the number to the autoscaler', () => {
    const autoscalers = ofKind<Autoscaler>(objects, 'HorizontalPodAutoscaler');
    expect(autoscalers.map(nameOf).sort()).toEqual(['api', 'inference-service']);
    for (const { spec } of autoscalers) {
      const target = found(
        workloads(objects).find(
          ({ apiVersion, kind, metadata }) =>
            apiVersion === spec.scaleTargetRef.apiVersion &&
            kind === spec.scaleTargetRef.kind &&
            metadata.name === spec.scaleTargetRef.name,
        ),
        `workload ${spec.scaleTargetRef.name}`,
      );
      expect(target.spec.replicas).toBeUndefined();
      expect(spec.minReplicas).toBeLessThan(spec.maxReplicas);
      for (const { resource } of spec.metrics)
        expect(containerOf(target).resources.requests[resource.name]).toBeDefined();
    }
  });

  it('never blocks the drain of a node: a budget lets one pod go even where there is one only', () => {
    const budgets = ofKind<DisruptionBudget>(objects, 'PodDisruptionBudget').map(
      ({ spec }) => spec.maxUnavailable,
    );
    expect(budgets).toEqual([1, 1, 1]);
  });

  it('leads the public paths to a service and a port that exist', () => {
    const paths = ofKind<Ingress>(objects, 'Ingress').flatMap(({ spec }) =>
      spec.rules.flatMap(({ http }) => http.paths),
    );
    expect(paths.map((entry) => entry.path)).toEqual(overlay === 'dev' ? [] : ['/api', '/health']);
    for (const { backend } of paths) {
      const service = ofKind<Service>(objects, 'Service').find(
        ({ metadata }) => metadata.name === backend.service.name,
      );
      expect(service?.spec.ports.map(({ name }) => name)).toContain(backend.service.port.name);
    }
  });

  it('mounts every volume it has, and has every volume it mounts', () => {
    for (const target of workloads(objects)) {
      const claims = target.spec.volumeClaimTemplates?.map(({ metadata }) => metadata.name) ?? [];
      const volumes = [...target.spec.template.spec.volumes.map(({ name }) => name), ...claims];
      expect(
        containerOf(target)
          .volumeMounts.map(({ name }) => name)
          .sort(),
      ).toEqual(volumes.sort());
    }
  });

  it('contains no secret, and refers only to those that the README names', () => {
    expect(ofKind(objects, 'Secret')).toEqual([]);
    const readme = readFileSync(path.join(__dirname, '..', 'README.md'), 'utf8');
    const references = workloads(objects).flatMap((target) =>
      containerOf(target).env.map(({ valueFrom }) => valueFrom.secretKeyRef),
    );
    expect(references.length).toBeGreaterThan(10);
    const unnamed = references.filter(({ name, key }) => {
      const row = readme.split('\n').find((line) => line.startsWith('| ') && line.includes(`\`${name}\``));
      return row?.includes(`\`${key}\``) !== true;
    });
    expect(unnamed).toEqual([]);
  });

  function selectedBy(selector: Labels): Workload[] {
    return workloads(objects).filter(({ spec }) => selects(selector, spec.template.metadata.labels));
  }
});

function nameOf({ metadata }: KubernetesObject): string {
  return metadata.name;
}
