import type { TaskDefinition } from '@aws-sdk/client-ecs';
import { revisionDifference } from './revision-difference';

const definition = (image: string, settings: Record<string, string>, memory = '512'): TaskDefinition => ({
  memory,
  containerDefinitions: [
    {
      image,
      environment: Object.entries(settings).map(([name, value]) => ({ name, value })),
      secrets: [{ name: 'API_KEY_PEPPER', valueFrom: 'arn:secret:pepper::' }],
    },
  ],
});

describe('what another revision changes', () => {
  it('is told by name, in the order of names', () => {
    const from = definition('r@sha256:2', { MODELS: 'a@production', LOG_LEVEL: 'info' }, '1024');
    const to = definition('r@sha256:1', { MODELS: 'a@production', DRIFT: 'on', LOG_LEVEL: 'debug' });
    expect(revisionDifference(from, to)).toEqual([
      'image: r@sha256:2 -> r@sha256:1',
      'memory: 1024 -> 512',
      'DRIFT: none -> on',
      'LOG_LEVEL: info -> debug',
    ]);
    expect(revisionDifference(to, to)).toEqual([]);
  });
});
