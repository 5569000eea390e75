import {
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
} from '@nestjs/common';
import type { ModelFollower } from './model-follower';

/** A model that runs on the traffic of another one. */
export interface Shadow {
  readonly follower: ModelFollower;
  /** From 0 to 1. */
  readonly share: number;
}

/**
 * All models of this process. Order of a stop: the registry is not asked any more; the server finishes what runs;
 * then the memory is freed.
 */
@Injectable()
export class ServedModels implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  private readonly byName = new Map<string | undefined, ModelFollower>();
  private readonly shadows = new Map<ModelFollower, readonly Shadow[]>();

  /** In the order of MODELS; the first is the default. `releaseFiles` is called when all are disposed of. */
  constructor(
    readonly followers: readonly ModelFollower[],
    private readonly releaseFiles: () => Promise<void> = () => Promise.resolve(),
  ) {
    const answering = followers.filter(({ spec }) => spec.shadowShare === undefined);
    for (const follower of followers) this.byName.set(follower.selector.text, follower);
    for (const follower of answering.toReversed()) {
      this.byName.set(follower.selector.name, follower);
      this.byName.set(undefined, follower);
    }
    for (const follower of answering) this.shadows.set(follower, this.challengersOf(follower));
  }

  /**
   * By name (`digits`) or exactly (`digits@production`); without a name the default. Of several that serve versions of
   * this name, the one that serves `version`; when none does, the one that is meant without a version.
   */
  find(name?: string, version?: string): ModelFollower | undefined {
    const meant = this.byName.get(name);
    if (version === undefined || meant === undefined || serves(meant, version)) return meant;
    const { name: model } = meant.selector;
    const others = name === model ? this.followers.filter(({ selector }) => selector.name === model) : [];
    return others.find((other) => serves(other, version)) ?? meant;
  }

  /** Those that run on a share of what `follower` answers. */
  shadowsOf(follower: ModelFollower): readonly Shadow[] {
    return this.shadows.get(follower) ?? [];
  }

  /** Instances that wait, by the name of their model. */
  queueRows(): readonly (readonly [string, number])[] {
    return this.followers.map(({ selector, current }) => [selector.name, current?.executor.waitingRows ?? 0]);
  }

  get isEveryModelLoaded(): boolean {
    return areLoaded(this.followers);
  }

  /** The first model of a name is the one that is challenged. */
  private challengersOf(follower: ModelFollower): Shadow[] {
    if (this.byName.get(follower.selector.name) !== follower) return [];
    return this.followers.flatMap((other) => {
      const { selector, shadowShare: share } = other.spec;
      return share !== undefined && selector.name === follower.selector.name
        ? [{ follower: other, share }]
        : [];
    });
  }

  onApplicationBootstrap(): void {
    for (const follower of this.followers) follower.start();
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.followers.map((follower) => follower.stop()));
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.followers.map((follower) => follower.dispose()));
    await this.releaseFiles();
  }
}

/** Whether each of them that answers has a version; a challenger answers nobody. */
export function areLoaded(followers: readonly ModelFollower[]): boolean {
  return followers.every(({ spec, current }) => spec.shadowShare !== undefined || current !== undefined);
}

function serves({ current }: ModelFollower, version: string): boolean {
  return current?.target.version === version;
}
