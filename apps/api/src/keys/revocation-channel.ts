import { Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Redis } from 'ioredis';
import type { KeyCache } from './key-cache';

/**
 * Tells every api process that a key has changed, so that none goes by what it remembers of it. Redis only makes it
 * faster: whoever misses a message sees the change when its record is read again, 5 s later at most.
 */
export class RevocationChannel implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Keys');
  private subscriber: Redis | undefined;

  /** @param channel the same for all processes of an installation, and for no other */
  constructor(
    private readonly cache: Pick<KeyCache, 'forget'>,
    private readonly redis: Redis | undefined,
    private readonly channel: string,
  ) {}

  onApplicationBootstrap(): void {
    // A connection that is subscribed can do nothing else.
    const subscriber = this.redis?.duplicate({ autoResubscribe: false });
    this.subscriber = subscriber;
    // Without a listener ioredis prints every failed reconnect; health reports what is wrong with Redis.
    subscriber?.on('error', () => undefined);
    subscriber?.on('message', (_channel, id) => this.cache.forget(id));
    subscriber?.on('ready', () => void subscriber.subscribe(this.channel).catch(() => undefined));
  }

  /** Resolves when the others were told, or could not be. */
  async announce(id: string): Promise<void> {
    this.cache.forget(id);
    try {
      await this.redis?.publish(this.channel, id);
    } catch (error) {
      this.logger.warn(
        { keyId: id, err: error },
        'other processes were not told of a changed key; they see it within 5 s',
      );
    }
  }

  onApplicationShutdown(): void {
    this.subscriber?.disconnect();
  }
}
