import { OVERLAYS, render, type KubernetesObject } from './rendered';
import { quantity } from './quantity';
import { containerOf, found, settingsOf, WORKLOAD_NAMES, workload, type WorkloadName } from './workloads';

/** Endpoints have to spread over the nodes, and the process has to end, after all is drained. */
const MARGIN_MS = 5_000;

describe.each(OVERLAYS)('%s', (overlay) => {
  let objects: KubernetesObject[];
  beforeAll(async () => {
    objects = await render(overlay);
  });

  it.each(WORKLOAD_NAMES)('lets %s finish before it is killed', (name) => {
    const graceMs = numberOf(name, 'SHUTDOWN_READINESS_GRACE_MS');
    const drainMs = numberOf(name, 'SHUTDOWN_DRAIN_TIMEOUT_MS');
    const { terminationGracePeriodSeconds } = workload(objects, name).spec.template.spec;
    expect(terminationGracePeriodSeconds * 1000).toBeGreaterThanOrEqual(graceMs + drainMs + MARGIN_MS);
    expect(graceMs).toBeGreaterThanOrEqual(MARGIN_MS);
  });

  it.each(WORKLOAD_NAMES)('asks for processor, memory and disk for %s, and limits them', (name) => {
    const { requests, limits } = containerOf(workload(objects, name)).resources;
    for (const resource of ['cpu', 'memory', 'ephemeral-storage'])
      expect(quantity(String(requests[resource]))).toBeLessThanOrEqual(quantity(String(limits[resource])));
  });

  it.each(WORKLOAD_NAMES)('evicts no pod of %s for filling its folders', (name) => {
    const target = workload(objects, name);
    const folders = target.spec.template.spec.volumes.map(({ emptyDir }) =>
      quantity(String(emptyDir?.sizeLimit)),
    );
    const limit = quantity(String(containerOf(target).resources.limits['ephemeral-storage']));
    expect(folders.reduce((sum, size) => sum + size, 0)).toBeLessThan(limit);
  });

  it('has room for the version that serves and the next one, and for the events that may wait', () => {
    expect(folderOf('inference-service', 'MODEL_CACHE_DIR')).toBeGreaterThan(
      2 * numberOf('inference-service', 'MODEL_MAX_BYTES'),
    );
    expect(folderOf('inference-service', 'LOG_SPOOL_DIR')).toBeGreaterThan(
      numberOf('inference-service', 'LOG_SPOOL_MAX_BYTES'),
    );
  });

  it('keeps the spool of the prediction log on a volume that outlives the pod, with room for all that may wait', () => {
    const { volumeClaimTemplates } = workload(objects, 'cloud-logging-api').spec;
    const claim = found(
      volumeClaimTemplates?.find(
        ({ metadata }) => metadata.name === mountOf('cloud-logging-api', 'SPOOL_DIR'),
      ),
      'claim of the spool',
    );
    expect(quantity(claim.spec.resources.requests.storage)).toBeGreaterThan(
      numberOf('cloud-logging-api', 'SPOOL_MAX_BYTES'),
    );
    expect(settings('cloud-logging-api')['SPOOL_IS_DURABLE']).toBe('true');
  });

  function settings(name: WorkloadName): Record<string, string> {
    return settingsOf(objects, containerOf(workload(objects, name)));
  }

  function numberOf(name: WorkloadName, variable: string): number {
    return Number(found(settings(name)[variable], `${variable} of ${name}`));
  }

  /** Name of the volume on which the folder of `variable` lies. */
  function mountOf(name: WorkloadName, variable: string): string {
    const folder = found(settings(name)[variable], `${variable} of ${name}`);
    const mounts = containerOf(workload(objects, name)).volumeMounts;
    return found(
      mounts.find(({ mountPath }) => folder.startsWith(`${mountPath}/`)),
      `volume under ${folder}`,
    ).name;
  }

  function folderOf(name: WorkloadName, variable: string): number {
    const volume = mountOf(name, variable);
    const { volumes } = workload(objects, name).spec.template.spec;
    return quantity(String(volumes.find((candidate) => candidate.name === volume)?.emptyDir?.sizeLimit));
  }
});
