import { documentedHealthChecks, type HealthCheckRow } from './health-document';
import { realHealthChecks } from './real-health-checks';

const lines = (rows: readonly HealthCheckRow[]): string[] =>
  rows
    .map(({ who, asks, of, ...times }) =>
      [who, asks, of, times.firstAfter, times.every, times.givesUpAfter, times.inARow].join(' | '),
    )
    .sort();

describe('docs/health.md', () => {
  it('says who asks what, how often and how long, as stacks, manifests and compose file have it', async () => {
    const real = lines(await realHealthChecks());
    expect(real.length).toBeGreaterThan(8);
    expect(lines(documentedHealthChecks())).toEqual(real);
  });
});
