import type { OnApplicationShutdown } from '@nestjs/common';
import type { ProbeResult } from '@tidegate/health';
import { Redis } from 'ioredis';

const COMMAND_TIMEOUT_MS = 1_000;
const MAX_RECONNECT_DELAY_MS = 2_000;

/** The optional Redis. While it is away commands fail at once instead of queueing up. */
export class RedisConnection implements OnApplicationShutdown {
  private readonly client: Redis;

  constructor(url: string) {
    this.client = new Redis(url, {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      commandTimeout: COMMAND_TIMEOUT_MS,
      retryStrategy: (attempt) => Math.min(attempt * 100, MAX_RECONNECT_DELAY_MS),
    });
    // Without a listener ioredis prints every failed reconnect; the health monitor reports the change once.
    this.client.on('error', () => undefined);
  }

  async check(): Promise<ProbeResult> {
    await this.client.ping();
    return { status: 'healthy' };
  }

  onApplicationShutdown(): void {
    this.client.disconnect();
  }
}
