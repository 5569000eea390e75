import {
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
} from '@nestjs/common';
import type { ModelFollower } from './model-follower';

/**
 * All models of this process. Order of a stop: the registry is not asked any more; the server finishes what runs;
 * then the memory is freed.
 */
@Injectable()
export class ServedModels implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  /** In the order of MODELS; the first is the default. */
  constructor(readonly followers: readonly ModelFollower[]) {}

  /** By name (`digits`) or exactly (`digits@production`); without a name the default. */
  find(name?: string): ModelFollower | undefined {
    if (name === undefined) return this.followers[0];
    return (
      this.followers.find(({ selector }) => selector.text === name) ??
      this.followers.find(({ selector }) => selector.name === name)
    );
  }

  get isEveryModelLoaded(): boolean {
    return this.followers.every((follower) => follower.current !== undefined);
  }

  onApplicationBootstrap(): void {
    for (const follower of this.followers) follower.start();
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.followers.map((follower) => follower.stop()));
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.followers.map((follower) => follower.dispose()));
  }
}
