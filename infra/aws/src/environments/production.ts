import type { EnvironmentInput } from './environment.schema';

/**
 * Two of everything in two zones, HTTPS, firewall, deletion protection. Name your own domain, hosted zone, state
 * bucket and addresses here: docs/deploy.md says how.
 */
export const production: EnvironmentInput = {
  name: 'production',
  logRetentionDays: 365,
  secretRecoveryDays: 30,
  network: { nat: 'gateway-per-zone', hasInterfaceEndpoints: true },
  database: {
    instanceClass: 'db.t4g.medium',
    storageGib: 50,
    maxStorageGib: 500,
    backupDays: 35,
    isMultiAz: true,
    isProtected: true,
  },
  redis: {},
  edge: {
    domain: { name: 'ml.example.com', zoneName: 'example.com', zoneId: 'Z00000000EXAMPLE' },
    mlflowUi: { kind: 'cognito', domainPrefix: 'tidegate-production' },
    waf: {},
  },
  tasks: {
    sizes: {
      api: { cpu: 512, memoryMib: 1024, minCount: 2, maxCount: 6 },
      inference: { cpu: 1024, memoryMib: 2048, minCount: 2, maxCount: 8 },
      logging: { cpu: 512, memoryMib: 1024, minCount: 2, maxCount: 4 },
    },
  },
  budget: { monthlyLimitUsd: 900 },
};
