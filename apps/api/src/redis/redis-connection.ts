import { once } from 'node:events';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { ProbeResult } from '@tidegate/health';
import { Redis } from 'ioredis';

const COMMAND_TIMEOUT_MS = 1_000;
const MAX_RECONNECT_DELAY_MS = 2_000;
/** A server that is silent does not close the connection either: it is cut after this. */
const DISCONNECT_TIMEOUT_MS = 500;

/** The optional Redis. While it is away commands fail at once instead of queueing up. */
export class RedisConnection implements OnApplicationShutdown {
  readonly client: Redis;
  /** Why there is no connection; undefined while there is one or the first is being made. */
  private connectionError: Error | undefined;

  constructor(url: string) {
    this.client = new Redis(url, {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      commandTimeout: COMMAND_TIMEOUT_MS,
      disconnectTimeout: DISCONNECT_TIMEOUT_MS,
      retryStrategy: (attempt) => Math.min(attempt * 100, MAX_RECONNECT_DELAY_MS),
    });
    // Without a listener ioredis prints every failed reconnect; the health monitor reports the change once.
    this.client.on('error', (error: Error) => (this.connectionError = error));
    this.client.on('ready', () => (this.connectionError = undefined));
  }

  /** Rejects with the reason when Redis does not answer. */
  async check(): Promise<ProbeResult> {
    if (this.connectionError) throw this.connectionError;
    if (this.client.status !== 'ready') await once(this.client, 'ready');
    try {
      await this.client.ping();
    } catch (error) {
      // A connection that went silent would stay so for as long as TCP believes in it.
      if (this.client.status === 'ready') this.client.disconnect(true);
      throw error;
    }
    return { status: 'healthy' };
  }

  onApplicationShutdown(): void {
    this.client.disconnect();
  }
}
