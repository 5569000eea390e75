import type { EnvironmentInput } from './environment.schema';
import { production } from './production';

/** Production's profile with smaller numbers: what passes here was tried in the same shape. */
export const staging: EnvironmentInput = {
  ...production,
  name: 'staging',
  logRetentionDays: 30,
  secretRecoveryDays: 7,
  network: { nat: 'gateway', hasInterfaceEndpoints: false },
  database: { instanceClass: 'db.t4g.small', isMultiAz: true, isProtected: true },
  redis: { nodeCount: 1 },
  edge: {
    ...production.edge,
    domain: { name: 'ml-staging.example.com', zoneName: 'example.com', zoneId: 'Z00000000EXAMPLE' },
    mlflowUi: { kind: 'cognito', domainPrefix: 'tidegate-staging' },
  },
  tasks: { sizes: { api: { maxCount: 2 }, inference: { maxCount: 2 }, logging: { maxCount: 2 } } },
  budget: { monthlyLimitUsd: 350 },
};
