import path from 'node:path';
import { generateApiKey } from '@tidegate/api-keys';
import { checkAppSettings, workspaceRoot } from '@tidegate/testing';
import { OVERLAYS, render, type KubernetesObject, type Overlay } from './rendered';
import { APP_OF, containerOf, settingsOf, WORKLOAD_NAMES, workload, type WorkloadName } from './workloads';

const KEY = generateApiKey({ environment: 'dev' }).text;
const RANDOM = 'x'.repeat(32);

/** A value as it could be, for every variable that comes from a Secret. */
const SECRET_VALUES: Readonly<Record<string, string>> = {
  API_BOOTSTRAP_KEY: KEY,
  API_KEY_PEPPER: RANDOM,
  API_KEY_PEPPER_PREVIOUS: RANDOM,
  API_SERVICE_KEYS: JSON.stringify([{ name: 'inference', key: KEY, scopes: ['models:read'] }]),
  DATABASE_PASSWORD: RANDOM,
  DATABASE_USER: 'tidegate',
  INTERNAL_TOKEN: RANDOM,
  MLFLOW_PASSWORD: RANDOM,
  MLFLOW_TRACKING_TOKEN: KEY,
  MLFLOW_USERNAME: 'admin',
  REDIS_URL: 'redis://redis.mlops.svc.cluster.local:6379',
};

const cases = OVERLAYS.flatMap((overlay) => WORKLOAD_NAMES.map((name) => [overlay, name] as const));

describe('the environment of the pods', () => {
  const rendered = new Map<Overlay, KubernetesObject[]>();
  beforeAll(async () => {
    for (const overlay of OVERLAYS) rendered.set(overlay, await render(overlay));
  });

  it.each(cases)(
    'in %s is what %s reads, with nothing missing and nothing unknown',
    async (overlay, name) => {
      const findings = await checkAppSettings(
        APP_OF[name],
        given(overlay, name, () => true),
      );
      expect(findings).toEqual({ problems: [], unknown: [] });
    },
  );

  it.each(cases)('in %s is enough for %s without the optional secrets', async (overlay, name) => {
    const findings = await checkAppSettings(
      APP_OF[name],
      given(overlay, name, (optional) => !optional),
    );
    expect(findings).toEqual({ problems: [], unknown: [] });
  });

  it('would be reported where a name is misspelt and a required one is missing', async () => {
    const { DATABASE_HOST: host, ...settings } = given('dev', 'cloud-logging-api', () => true);
    const findings = await checkAppSettings('logging', { ...settings, DATABASE_HOSTS: String(host) });
    expect(findings.problems.join()).toContain('DATABASE_HOST');
    expect(findings.unknown).toEqual(['DATABASE_HOSTS']);
  });

  function given(
    overlay: Overlay,
    name: WorkloadName,
    isGiven: (isOptional: boolean) => boolean,
  ): Record<string, string> {
    const objects = rendered.get(overlay) ?? [];
    const container = containerOf(workload(objects, name));
    const secrets = container.env
      .filter(({ valueFrom }) => isGiven(valueFrom.secretKeyRef.optional === true))
      .map((variable) => [variable.name, SECRET_VALUES[variable.name] ?? `no value for ${variable.name}`]);
    return onThisMachine({
      ...settingsOf(objects, container),
      ...(Object.fromEntries(secrets) as Record<string, string>),
    });
  }
});

/** `/app` of the image holds one file that a setting names. */
function onThisMachine(settings: Record<string, string>): Record<string, string> {
  if (settings['DATABASE_CA_FILE'] === undefined) return settings;
  expect(settings['DATABASE_CA_FILE']).toBe('/app/rds-ca.pem');
  return { ...settings, DATABASE_CA_FILE: path.join(workspaceRoot, 'infra', 'images', 'rds-ca.pem') };
}
