import type { KubernetesObject } from './rendered';
import { ofKind, selects, type Labels } from './workloads';

interface Peer {
  readonly podSelector?: { readonly matchLabels?: Labels };
  readonly namespaceSelector?: { readonly matchLabels?: Labels };
}

interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports: readonly { readonly port: number | string }[];
}

export interface NetworkPolicy extends KubernetesObject {
  readonly spec: {
    readonly podSelector: { readonly matchLabels: Labels };
    readonly policyTypes: readonly string[];
    readonly ingress: readonly Rule[];
    readonly egress: readonly Rule[];
  };
}

/** The two ends of a connection, by the labels of their pods; no labels: outside of the namespace. */
export interface Connection {
  readonly from: Labels | undefined;
  readonly to: Labels | undefined;
  readonly port: number;
  /** Name of the port at the pod that is called. */
  readonly portName?: string;
}

/** Whether the policies let a connection leave its pod and reach the other one. */
export function isAllowed(objects: readonly KubernetesObject[], connection: Connection): boolean {
  const { from, to } = connection;
  const leaves = rulesOf(objects, from, 'egress')?.some((rule) => matches(rule.to, to, rule, connection));
  const arrives = rulesOf(objects, to, 'ingress')?.some((rule) => matches(rule.from, from, rule, connection));
  return leaves !== false && arrives !== false;
}

export function policiesFor(objects: readonly KubernetesObject[], pod: Labels): NetworkPolicy[] {
  return ofKind<NetworkPolicy>(objects, 'NetworkPolicy').filter(({ spec }) =>
    selects(spec.podSelector.matchLabels, pod),
  );
}

/** Undefined where nothing is closed: what no policy selects is open. */
function rulesOf(
  objects: readonly KubernetesObject[],
  pod: Labels | undefined,
  direction: 'ingress' | 'egress',
): Rule[] | undefined {
  const policies = pod === undefined ? [] : policiesFor(objects, pod);
  return policies.length === 0 ? undefined : policies.flatMap(({ spec }) => spec[direction]);
}

function matches(
  peers: readonly Peer[] | undefined,
  other: Labels | undefined,
  { ports }: Rule,
  { port, portName }: Connection,
): boolean {
  if (!ports.some((allowed) => allowed.port === port || allowed.port === portName)) return false;
  if (peers === undefined) return true;
  // A peer with a namespace selector means pods elsewhere: DNS, Prometheus.
  const here = peers.filter(({ namespaceSelector }) => namespaceSelector === undefined);
  return (
    other !== undefined && here.some(({ podSelector }) => selects(podSelector?.matchLabels ?? {}, other))
  );
}
