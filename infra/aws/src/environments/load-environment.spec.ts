import { InfrastructureError } from '../infrastructure-error';
import { SERVICES } from '../services';
import { sizeOf } from '../services/service-definition';
import { namespaceOf, prefixOf } from './environment.schema';
import { ENVIRONMENT_NAMES, loadEnvironment } from './load-environment';

/** A size is what dev, staging and production have of it. */
function sizes(service: string): (readonly [number, number, number])[] {
  const definition = SERVICES.find(({ name }) => name === service);
  if (definition === undefined) throw new Error(`no service ${service}`);
  return ENVIRONMENT_NAMES.map((name) => {
    const { cpu, memoryMib, minCount } = sizeOf(definition, loadEnvironment(name));
    return [cpu, memoryMib, minCount] as const;
  });
}

describe('the environments', () => {
  it.each(ENVIRONMENT_NAMES)(
    '%s is complete, with the numbers of the requirements where it names none',
    (name) => {
      const environment = loadEnvironment(name);
      expect(environment).toMatchObject({
        name,
        region: 'eu-west-2',
        network: { cidr: '10.0.0.0/16', zones: ['a', 'b'] },
        database: { engineVersion: '15' },
        health: {
          container: { startPeriodSeconds: 90, intervalSeconds: 30, timeoutSeconds: 10, retries: 3 },
          loadBalancer: {
            intervalSeconds: 30,
            timeoutSeconds: 10,
            healthyThreshold: 2,
            unhealthyThreshold: 3,
          },
        },
        shutdown: { deregistrationDelaySeconds: 30 },
        alarms: { unhealthyHosts: { threshold: 1, periodSeconds: 300, evaluationPeriods: 2 } },
        tasks: { architecture: 'X86_64' },
      });
      expect(prefixOf(environment)).toBe(`tidegate-${name}`);
      expect(namespaceOf(environment)).toBe(`tidegate-${name}.local`);
    },
  );

  it('has one MLflow task in dev, two of 512/1024 elsewhere', () => {
    expect(sizes('mlflow')).toEqual([
      [512, 1024, 1],
      [512, 1024, 2],
      [512, 1024, 2],
    ]);
  });

  it('throws away dev only, and protects the others', () => {
    const of = (name: string) => {
      const { isDisposable, database, secretRecoveryDays } = loadEnvironment(name);
      return [isDisposable, database.isProtected, database.isMultiAz, secretRecoveryDays > 0];
    };
    expect(of('dev')).toEqual([true, false, false, false]);
    expect(of('staging')).toEqual([false, true, true, true]);
    expect(of('production')).toEqual([false, true, true, true]);
  });

  it('keeps the small database of the field report in dev', () => {
    expect(loadEnvironment('dev').database).toMatchObject({
      instanceClass: 'db.t3.micro',
      storageGib: 20,
      maxStorageGib: 100,
      backupDays: 7,
    });
  });
});

describe('loading', () => {
  it('names the known environments when asked for another', () => {
    expect(() => loadEnvironment('prod')).toThrow(InfrastructureError);
    expect(() => loadEnvironment('prod')).toThrow(/no environment "prod".*dev, staging, production/);
  });

  it('merges changes field by field', () => {
    const { edge } = loadEnvironment('production', { edge: { domain: { name: 'ml.tide.dev' } } });
    expect(edge.domain).toMatchObject({ name: 'ml.tide.dev', zoneName: 'example.com' });
    expect(edge.waf).toEqual({ requestsPerFiveMinutes: 10_000 });
  });

  it('replaces what is of another kind as a whole', () => {
    const idp = 'https://idp.example.com';
    const mlflowUi = {
      kind: 'oidc',
      issuer: idp,
      authorizationEndpoint: `${idp}/authorize`,
      tokenEndpoint: `${idp}/token`,
      userInfoEndpoint: `${idp}/userinfo`,
      clientId: 'tidegate',
    };
    expect(loadEnvironment('production', { edge: { mlflowUi } }).edge.mlflowUi).toEqual(mlflowUi);
  });

  it('reports every wrong field at once', () => {
    const changes = { region: 'London', database: { backupDays: 0 }, colour: 'blue' };
    expect(() => loadEnvironment('dev', changes)).toThrow(
      /region: expected a region.*\n.*backupDays.*\n.*colour/,
    );
  });
});
