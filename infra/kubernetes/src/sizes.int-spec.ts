import { quantity } from './quantity';
import { OVERLAYS, render, type KubernetesObject, type Overlay } from './rendered';
import { containerOf, ofKind, settingsOf, WORKLOAD_NAMES, workload } from './workloads';

interface Autoscaler extends KubernetesObject {
  readonly spec: { readonly minReplicas: number; readonly maxReplicas: number };
}

interface Ingress extends KubernetesObject {
  readonly spec: {
    readonly tls: readonly { readonly hosts: readonly string[] }[];
    readonly rules: readonly { readonly host: string }[];
  };
}

describe('from dev to staging to production', () => {
  const rendered = new Map<Overlay, KubernetesObject[]>();
  beforeAll(async () => {
    for (const overlay of OVERLAYS) rendered.set(overlay, await render(overlay));
  });

  it.each(['cpu', 'memory'])('no workload gets less %s', (resource) => {
    for (const kind of ['requests', 'limits'] as const)
      for (const name of WORKLOAD_NAMES) {
        const sizes = OVERLAYS.map((overlay) =>
          quantity(String(containerOf(workload(objectsOf(overlay), name)).resources[kind][resource])),
        );
        expect({ kind, name, sizes }).toEqual({ kind, name, sizes: sizes.toSorted((a, b) => a - b) });
      }
  });

  it('no workload gets fewer pods', () => {
    expect(OVERLAYS.map((overlay) => podsOf(overlay))).toEqual([
      { api: '1–2', 'inference-service': '1–2', 'cloud-logging-api': '1' },
      { api: '2–3', 'inference-service': '2–4', 'cloud-logging-api': '2' },
      { api: '2–6', 'inference-service': '2–8', 'cloud-logging-api': '2' },
    ]);
  });

  it('staging has the shape of production: the same objects, and the same variables', () => {
    expect(shapeOf('staging')).toEqual(shapeOf('production'));
    expect(shapeOf('staging').objects).toContain('Ingress api');
  });

  it('no two environments share a host, a database or a name', () => {
    for (const variable of ['TIDEGATE_ENVIRONMENT', 'DATABASE_HOST']) {
      const values = OVERLAYS.map((overlay) => settings(overlay, 'api')[variable]);
      expect(new Set(values).size).toBe(OVERLAYS.length);
    }
    const hosts = OVERLAYS.flatMap((overlay) =>
      ofKind<Ingress>(objectsOf(overlay), 'Ingress').map(({ spec }) => {
        expect(spec.tls.flatMap(({ hosts: names }) => names)).toEqual(spec.rules.map(({ host }) => host));
        return spec.rules[0]?.host;
      }),
    );
    expect(hosts).toEqual(['ml-staging.example.com', 'ml.example.com']);
  });

  function objectsOf(overlay: Overlay): KubernetesObject[] {
    return rendered.get(overlay) ?? [];
  }

  function settings(overlay: Overlay, name: (typeof WORKLOAD_NAMES)[number]): Record<string, string> {
    const objects = objectsOf(overlay);
    return settingsOf(objects, containerOf(workload(objects, name)));
  }

  function podsOf(overlay: Overlay): Record<string, string> {
    const autoscalers = ofKind<Autoscaler>(objectsOf(overlay), 'HorizontalPodAutoscaler');
    const scaled = autoscalers.map(({ metadata, spec }) => [
      metadata.name,
      `${spec.minReplicas}–${spec.maxReplicas}`,
    ]);
    const { replicas } = workload(objectsOf(overlay), 'cloud-logging-api').spec;
    return { ...Object.fromEntries(scaled), 'cloud-logging-api': String(replicas) } as Record<string, string>;
  }

  function shapeOf(overlay: Overlay): { objects: string[]; variables: Record<string, string[]> } {
    return {
      objects: objectsOf(overlay)
        .map(({ kind, metadata }) => `${kind} ${metadata.name.replace(/-[a-z0-9]{10}$/, '')}`)
        .sort(),
      variables: Object.fromEntries(
        WORKLOAD_NAMES.map((name) => [name, Object.keys(settings(overlay, name)).sort()]),
      ),
    };
  }
});
