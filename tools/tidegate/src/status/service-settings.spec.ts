import { deploymentSettings, taskSettings } from './service-settings';
import { stoppedTask } from './stopped-task';

describe('the settings of a service', () => {
  it('say how ECS replaces its tasks', () => {
    expect(
      deploymentSettings({
        deploymentConfiguration: {
          minimumHealthyPercent: 100,
          maximumPercent: 200,
          deploymentCircuitBreaker: { enable: true, rollback: true },
          alarms: { enable: true, rollback: true, alarmNames: ['tidegate-dev-api-errors'] },
        },
      }),
    ).toEqual({
      minimumHealthyPercent: 100,
      maximumPercent: 200,
      circuitBreaker: 'rolls back',
      alarms: ['tidegate-dev-api-errors'],
    });
    expect(deploymentSettings({})).toEqual({ circuitBreaker: 'off', alarms: [] });
  });

  it('say what its task definition holds, and of secrets only where they come from', () => {
    const valueFrom = 'arn:aws:secretsmanager:eu-west-2:123456789012:secret:tidegate-dev/api-AbCdEf:pepper::';
    expect(
      taskSettings({
        revision: 7,
        cpu: '256',
        memory: '512',
        runtimePlatform: { cpuArchitecture: 'ARM64' },
        containerDefinitions: [
          {
            environment: [
              { name: 'PORT', value: '8080' },
              { name: 'LOG_LEVEL', value: 'info' },
            ],
            secrets: [{ name: 'API_KEY_PEPPER', valueFrom }],
            healthCheck: {
              command: ['CMD', 'node', 'check.js'],
              interval: 30,
              timeout: 10,
              retries: 3,
              startPeriod: 90,
            },
          },
          { environment: [{ name: 'OF_ANOTHER', value: 'container' }] },
        ],
      }),
    ).toEqual({
      revision: 7,
      cpu: '256',
      memoryMib: '512',
      architecture: 'ARM64',
      healthCheck: 'CMD node check.js (every 30 s, 10 s long, 3 failures, from 90 s on)',
      environment: { LOG_LEVEL: 'info', PORT: '8080' },
      secrets: { API_KEY_PEPPER: valueFrom },
    });
  });
});

describe('a task that stopped', () => {
  it('has its reason, and how each container ended', () => {
    expect(
      stoppedTask({
        taskArn: 'arn:aws:ecs:eu-west-2:123456789012:task/tidegate-dev/0b69d5c0',
        stopCode: 'EssentialContainerExited',
        stoppedReason: 'Essential container in task exited',
        containers: [{ name: 'api', exitCode: 137, reason: 'OutOfMemoryError' }, { name: 'helper' }],
      }),
    ).toEqual({
      id: '0b69d5c0',
      reason: 'EssentialContainerExited: Essential container in task exited',
      containers: ['api: ended with exit code 137 (OutOfMemoryError)', 'helper: did not run'],
    });
    expect(stoppedTask({}).reason).toBe('no reason given');
  });
});
