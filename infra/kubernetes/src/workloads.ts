import type { KubernetesObject } from './rendered';

export type Labels = Readonly<Record<string, string>>;

export interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
  readonly initialDelaySeconds?: number;
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  readonly failureThreshold: number;
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly envFrom: readonly { readonly configMapRef: { readonly name: string } }[];
  readonly env: readonly {
    readonly name: string;
    readonly valueFrom: { readonly secretKeyRef: SecretReference };
  }[];
  readonly startupProbe: Probe;
  readonly livenessProbe: Probe;
  readonly readinessProbe: Probe;
  readonly resources: { readonly requests: Labels; readonly limits: Labels };
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}

export interface SecretReference {
  readonly name: string;
  readonly key: string;
  readonly optional?: boolean;
}

export interface Volume {
  readonly name: string;
  readonly emptyDir?: { readonly sizeLimit: string };
}

export interface PodSpec {
  readonly serviceAccountName: string;
  readonly automountServiceAccountToken: boolean;
  readonly enableServiceLinks: boolean;
  readonly terminationGracePeriodSeconds: number;
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly topologySpreadConstraints: readonly { readonly labelSelector: { readonly matchLabels: Labels } }[];
  readonly containers: readonly Container[];
  readonly volumes: readonly Volume[];
}

/** A Deployment or StatefulSet. */
export interface Workload extends KubernetesObject {
  readonly spec: {
    readonly replicas?: number;
    readonly serviceName?: string;
    readonly selector: { readonly matchLabels: Labels };
    readonly template: {
      readonly metadata: { readonly labels: Labels; readonly annotations: Labels };
      readonly spec: PodSpec;
    };
    readonly volumeClaimTemplates?: readonly {
      readonly metadata: { readonly name: string };
      readonly spec: { readonly resources: { readonly requests: { readonly storage: string } } };
    }[];
  };
}

export interface ConfigMap extends KubernetesObject {
  readonly data: Readonly<Record<string, string>>;
}

/** The app a workload runs, by the name it has in this repository. */
export const APP_OF = {
  api: 'api',
  'inference-service': 'inference',
  'cloud-logging-api': 'logging',
} as const;
export type WorkloadName = keyof typeof APP_OF;
export const WORKLOAD_NAMES = Object.keys(APP_OF) as WorkloadName[];

export function ofKind<T extends KubernetesObject>(objects: readonly KubernetesObject[], kind: string): T[] {
  return objects.filter((object): object is T => object.kind === kind);
}

export function workloads(objects: readonly KubernetesObject[]): Workload[] {
  return [...ofKind<Workload>(objects, 'Deployment'), ...ofKind<Workload>(objects, 'StatefulSet')];
}

/** @throws Error when there is none of this name */
export function workload(objects: readonly KubernetesObject[], name: WorkloadName): Workload {
  return found(
    workloads(objects).find(({ metadata }) => metadata.name === name),
    `workload ${name}`,
  );
}

/** @throws Error when the pod has none or several */
export function containerOf({ metadata, spec }: Workload): Container {
  const [container, second] = spec.template.spec.containers;
  if (second !== undefined) throw new Error(`${metadata.name} has several containers, expected one`);
  return found(container, `container in ${metadata.name}`);
}

/** The plain variables of a workload: those of its ConfigMap. */
export function settingsOf(
  objects: readonly KubernetesObject[],
  container: Container,
): Record<string, string> {
  const maps = container.envFrom.map(({ configMapRef: { name } }) =>
    found(
      ofKind<ConfigMap>(objects, 'ConfigMap').find(({ metadata }) => metadata.name === name),
      `ConfigMap ${name}`,
    ),
  );
  return Object.assign({}, ...maps.map(({ data }) => data)) as Record<string, string>;
}

export function selects(selector: Labels, labels: Labels): boolean {
  return Object.entries(selector).every(([name, value]) => labels[name] === value);
}

export function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`There is no ${what}.`);
  return value;
}
