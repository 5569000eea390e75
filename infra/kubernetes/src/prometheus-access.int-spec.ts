import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { OVERLAYS, render, type KubernetesObject } from './rendered';
import { found, ofKind } from './workloads';

interface Role extends KubernetesObject {
  readonly rules: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly verbs: readonly string[];
  }[];
}

interface RoleBinding extends KubernetesObject {
  readonly roleRef: { readonly apiGroup: string; readonly kind: string; readonly name: string };
  readonly subjects: readonly { readonly kind: string; readonly name: string; readonly namespace: string }[];
}

interface Discovery {
  readonly role: string;
  readonly namespaces: { readonly names: readonly string[] };
}

const PROMETHEUS = { kind: 'ServiceAccount', name: 'prometheus', namespace: 'monitoring' };
/** https://prometheus.io/docs/prometheus/latest/configuration/configuration/#kubernetes_sd_config */
const READ_BY: Readonly<Record<string, string>> = { pod: 'pods' };
const CONFIGURATION = path.resolve(__dirname, '../../monitoring/prometheus/prometheus-kubernetes.yml');

const { scrape_configs } = parse(readFileSync(CONFIGURATION, 'utf8')) as {
  scrape_configs: { kubernetes_sd_configs: Discovery[] }[];
};
const searches = scrape_configs.flatMap(({ kubernetes_sd_configs }) => kubernetes_sd_configs);

describe.each(OVERLAYS)('%s', (overlay) => {
  let objects: KubernetesObject[];
  beforeAll(async () => {
    objects = await render(overlay);
  });

  it('lets the account of Prometheus read what its configuration searches for, and nothing else', () => {
    expect(searches).toHaveLength(3);
    for (const { role, namespaces } of searches)
      for (const namespace of namespaces.names) {
        const binding = found(
          ofKind<RoleBinding>(objects, 'RoleBinding').find(
            ({ metadata }) => metadata.namespace === namespace,
          ),
          `RoleBinding in ${namespace}`,
        );
        expect(binding.subjects).toEqual([PROMETHEUS]);
        const { apiGroup, kind, name } = binding.roleRef;
        expect([apiGroup, kind]).toEqual(['rbac.authorization.k8s.io', 'Role']);
        const granted = ofKind<Role>(objects, kind).find(
          ({ metadata }) => metadata.name === name && metadata.namespace === namespace,
        );
        expect(granted?.rules).toEqual([
          { apiGroups: [''], resources: [READ_BY[role]], verbs: ['get', 'list', 'watch'] },
        ]);
      }
  });

  it('gives rights to nobody else', () => {
    const names = (kind: string): string[] => ofKind(objects, kind).map(({ metadata }) => metadata.name);
    expect([names('Role'), names('RoleBinding')]).toEqual([['prometheus'], ['prometheus']]);
    expect([names('ClusterRole'), names('ClusterRoleBinding')]).toEqual([[], []]);
  });
});
