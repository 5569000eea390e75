import { loadEnvironment } from '../environments';
import { SERVICES } from '../services';
import { economyChanges, SAVINGS } from './economy';
import { estimate, groupTotals, type Estimate } from './estimate';
import { unexplainedLines } from './planned-difference';

const dev = estimate(loadEnvironment('dev'));

function groups(estimated: Estimate): Record<string, number> {
  return Object.fromEntries(groupTotals(estimated));
}

function devWith(changes: unknown): Estimate {
  return estimate(loadEnvironment('dev', changes));
}

describe('the estimate of dev', () => {
  it('has the parts a reader knows from the bill', () => {
    const { Network, 'Load balancer': loadBalancer, Tasks, Database } = groups(dev);
    expect(Network).toBeCloseTo(40, -1);
    expect(loadBalancer).toBeCloseTo(28.74, 2);
    expect(Tasks).toBeCloseTo(51.81, 2);
    expect(Database).toBeCloseTo(17.99, 2);
  });

  it('is the sum of its lines, each quantity times price', () => {
    expect(dev.lines.every((line) => line.monthlyUsd === line.quantity * line.price.usd)).toBe(true);
    expect(dev.lines.reduce((sum, { monthlyUsd }) => sum + monthlyUsd, 0)).toBeCloseTo(dev.totalUsd, 6);
  });

  it('grows by the price of one task when a service gets another', () => {
    const more = devWith({ tasks: { sizes: { mlflow: { minCount: 2 } } } });
    // 0.5 vCPU and 1 GB for 730 hours
    expect(more.totalUsd - dev.totalUsd).toBeCloseTo(730 * (0.5 * 0.04656 + 0.00511), 6);
  });

  it('says what it costs when autoscaling never takes a task away', () => {
    expect(dev.mostUsd - dev.totalUsd).toBeCloseTo(3 * 730 * (0.25 * 0.04656 + 0.5 * 0.00511), 6);
  });

  it('is explained against the planned figure, each line once', () => {
    expect(unexplainedLines(dev)).toEqual([]);
  });

  it('counts every service', () => {
    const counted = dev.lines.filter(({ group }) => group === 'Tasks').map(({ what }) => what.split(':')[0]);
    expect(new Set(counted)).toEqual(new Set(SERVICES.map(({ name }) => name)));
  });
});

describe('the economy variant', () => {
  it('costs $75–90', () => {
    const { totalUsd } = devWith(economyChanges);
    expect(totalUsd).toBeGreaterThan(75);
    expect(totalUsd).toBeLessThan(90);
  });

  it('is all the savings together, and each of them saves something by itself', () => {
    const changes = SAVINGS.map(({ changes }) => changes);
    const together = {
      network: Object.assign({}, ...changes.map(({ network }) => network)) as object,
      database: Object.assign({}, ...changes.map(({ database }) => database)) as object,
      tasks: Object.assign({}, ...changes.map(({ tasks }) => tasks)) as object,
    };
    expect(together).toEqual(economyChanges);
    for (const change of changes) expect(devWith(change).totalUsd).toBeLessThan(dev.totalUsd);
  });
});

describe('the choices of an environment', () => {
  it('makes ARM tasks a fifth cheaper than x86 ones', () => {
    const arm = groups(devWith({ tasks: { architecture: 'ARM64' } }));
    expect((arm['Tasks'] ?? 0) / (groups(dev)['Tasks'] ?? 1)).toBeCloseTo(0.8, 2);
  });

  it('pays for an address of each task where there is no NAT', () => {
    const isPublic = groups(devWith({ network: { nat: 'none' } }));
    expect(isPublic['Network']).toBeCloseTo(4 * 3.65 + 0.2, 2);
  });

  it('doubles the database and its storage in two zones', () => {
    const two = groups(devWith({ database: { isMultiAz: true } }));
    expect(two['Database']).toBeCloseTo(2 * 17.99, 6);
  });

  it('pays for two gateways, the firewall and Redis in production', () => {
    const production = estimate(loadEnvironment('production'));
    expect(groups(production)).toMatchObject({ Redis: 2 * 730 * 0.018 });
    expect(production.lines.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['firewall', 'its rules']),
    );
    expect(production.lines.find(({ what }) => what === 'NAT gateway')?.quantity).toBe(2 * 730);
  });

  it('refuses what it has no price for, and says what to do', () => {
    expect(() => devWith({ database: { instanceClass: 'db.r7g.2xlarge' } })).toThrow(
      /no price for db\.r7g\.2xlarge\. Known: db\.t3\.micro.*prices\.ts/s,
    );
    expect(() => devWith({ region: 'eu-central-1' })).toThrow(
      /prices are of eu-west-2.*eu-central-1.*Pricing Calculator/s,
    );
  });

  it('takes what is known about use instead of the guess', () => {
    const environment = loadEnvironment('dev');
    const busy = estimate(environment, { ...dev.usage, gbOut: 1100, logGb: 102 });
    expect(busy.totalUsd - dev.totalUsd).toBeCloseTo(1000 * 0.09 + 100 * 0.5985 + 0.11, 1);
  });
});
