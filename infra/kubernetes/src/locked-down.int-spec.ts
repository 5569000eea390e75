import { readFileSync } from 'node:fs';
import path from 'node:path';
import { OVERLAYS, render, type KubernetesObject } from './rendered';
import { APP_OF, containerOf, ofKind, WORKLOAD_NAMES, workload } from './workloads';

const packageFile = path.join(__dirname, '..', '..', '..', 'package.json');
const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string };

interface ServiceAccount extends KubernetesObject {
  readonly automountServiceAccountToken: boolean;
}

describe.each(OVERLAYS)('%s', (overlay) => {
  let objects: KubernetesObject[];
  beforeAll(async () => {
    objects = await render(overlay);
  });

  it('asks the cluster to refuse pods that are not restricted', () => {
    expect(ofKind(objects, 'Namespace')[0]?.metadata.labels).toMatchObject({
      'pod-security.kubernetes.io/enforce': 'restricted',
      'pod-security.kubernetes.io/audit': 'restricted',
      'pod-security.kubernetes.io/warn': 'restricted',
    });
  });

  // https://kubernetes.io/docs/concepts/security/pod-security-standards/, the profile "restricted".
  it.each(WORKLOAD_NAMES)(
    'runs %s as Pod Security "restricted" wants it, and on a read-only disk',
    (name) => {
      const pod = workload(objects, name).spec.template.spec;
      expect(pod.securityContext).toMatchObject({
        runAsNonRoot: true,
        runAsUser: 1000,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      expect(containerOf(workload(objects, name)).securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(pod).not.toHaveProperty('hostNetwork');
      expect(pod).not.toHaveProperty('hostPID');
      expect(pod).not.toHaveProperty('hostIPC');
      expect(pod).not.toHaveProperty('initContainers');
      expect(pod.volumes.flatMap((volume) => Object.keys(volume))).toEqual(
        pod.volumes.flatMap(() => ['emptyDir', 'name']),
      );
      expect(containerOf(workload(objects, name)).ports.filter((port) => 'hostPort' in port)).toEqual([]);
    },
  );

  it.each(WORKLOAD_NAMES)(
    'gives %s an account of its own, without a token for the Kubernetes API',
    (name) => {
      const pod = workload(objects, name).spec.template.spec;
      const account = ofKind<ServiceAccount>(objects, 'ServiceAccount').find(
        ({ metadata }) => metadata.name === pod.serviceAccountName,
      );
      expect(account?.metadata.name).toBe(name);
      expect([account?.automountServiceAccountToken, pod.automountServiceAccountToken]).toEqual([
        false,
        false,
      ]);
    },
  );

  it.each(WORKLOAD_NAMES)('keeps the variables of other services out of %s', (name) => {
    expect(workload(objects, name).spec.template.spec.enableServiceLinks).toBe(false);
  });

  it.each(WORKLOAD_NAMES)('runs the version of %s that this repository is', (name) => {
    expect(containerOf(workload(objects, name)).image).toBe(`tidegate/${APP_OF[name]}:${version}`);
  });
});
