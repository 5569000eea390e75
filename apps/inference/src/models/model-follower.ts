import { type Clock, sleep } from '@tidegate/clock';
import type { LastServed } from './last-served';
import type { LoadedVersion, ModelLoader } from './model-loader';
import { ModelProblem } from './model-problem';
import type { ModelRegistry, ModelTarget } from './model-registry';
import type { ModelSelector } from './model-selector';
import type { ModelSpec } from './model-spec';
import type { ServedVersion } from './served-version';

/** Told what a follower found; must not throw. */
export interface FollowerListener {
  /** After each question to the registry. */
  onRegistryAnswer(selector: ModelSelector, problem: ModelProblem | undefined): void;
  /** A version is served from now on, instead of `previous`. */
  onServing(selector: ModelSelector, version: ServedVersion, previous: ServedVersion | undefined): void;
  /** Whether what is served comes from the disk without the registry having said so; told when it changes. */
  onFromDisk(selector: ModelSelector, isFromDisk: boolean): void;
  /** The copy on disk could not be used instead of the registry's version, or what is served could not be kept there. */
  onCopyFailed(selector: ModelSelector, error: unknown): void;
  /** A version could not be loaded: once per try. */
  onLoadFailed(selector: ModelSelector, failure: LoadFailure): void;
  /** Memory or files of an old version could not be freed. */
  onCleanUpFailed(selector: ModelSelector, error: unknown): void;
}

/** A version that could not be loaded. Times are Unix milliseconds. */
export interface LoadFailure {
  readonly target: ModelTarget;
  readonly problem: ModelProblem;
  readonly attempts: number;
  readonly failedAtMs: number;
  /** Undefined: only another version can mend it. */
  readonly retryAtMs: number | undefined;
}

export interface FollowerParts {
  readonly registry: ModelRegistry;
  readonly loader: Pick<ModelLoader, 'load'>;
  readonly lastServed: Pick<LastServed, 'read' | 'write'>;
  readonly listener: FollowerListener;
  readonly clock: Clock;
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly pollIntervalMs: number;
}

/** While the registry is away it is asked less often, but at least this often. */
const MAX_REGISTRY_WAIT_MS = 10_000;
const MIN_RELOAD_WAIT_MS = 5000;
const MAX_RELOAD_WAIT_MS = 300_000;

/**
 * Keeps one model equal to what the registry says: asks every few seconds, loads a new version beside the old one,
 * swaps, and frees the old one when its last request has ended. Whatever fails, the old version goes on serving; at the
 * start that is the one that served last, from its copy on disk.
 */
export class ModelFollower {
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private loaded: LoadedVersion | undefined;
  private registryProblem: ModelProblem | undefined;
  private registryFailures = 0;
  private loadFailure: LoadFailure | undefined;
  private reloadAtMonotonicMs = 0;
  private isLoading = false;
  private isFallbackTried = false;
  private isDiskOnly = false;
  private readonly retiring = new Set<Promise<void>>();

  constructor(
    readonly spec: ModelSpec,
    private readonly parts: FollowerParts,
  ) {}

  get selector(): ModelSelector {
    return this.spec.selector;
  }

  /** What serves now. */
  get current(): ServedVersion | undefined {
    return this.loaded?.version;
  }

  /** Whether the registry has not confirmed yet that this is the version to serve: it was the last one before the start. */
  get isFromDisk(): boolean {
    return this.isDiskOnly;
  }

  /** Why the registry's version is not served or not known, if so. */
  get problem(): { readonly problem: ModelProblem; readonly load?: LoadFailure } | undefined {
    if (this.registryProblem) return { problem: this.registryProblem };
    return this.loadFailure && { problem: this.loadFailure.problem, load: this.loadFailure };
  }

  get state(): 'loading' | 'waiting' | 'serving' {
    if (this.loaded) return 'serving';
    return this.isLoading || !this.problem ? 'loading' : 'waiting';
  }

  start(): void {
    this.running ??= this.follow();
  }

  /** Ends following; the current version goes on serving. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** Frees the memory when the last request has ended. The files stay for the next start. */
  async dispose(): Promise<void> {
    const last = this.loaded;
    this.loaded = undefined;
    await Promise.all([...this.retiring, last?.version.retire()]);
  }

  private async follow(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const target = await this.ask(signal);
      if (target !== undefined && this.shouldLoad(target)) await this.load(target, signal);
      if (this.loaded === undefined && !signal.aborted) await this.fallBack(signal);
      await sleep(this.parts.clock, this.waitMs(), signal);
    }
  }

  private async ask(signal: AbortSignal): Promise<ModelTarget | undefined> {
    try {
      const target = await this.parts.registry.resolve(this.selector, signal);
      this.noteRegistry(undefined);
      return target;
    } catch (error) {
      if (!signal.aborted) this.noteRegistry(problemOf(error));
      return undefined;
    }
  }

  private shouldLoad(target: ModelTarget): boolean {
    if (this.current !== undefined && isSame(this.current.target, target)) {
      this.loadFailure = undefined;
      this.noteFromDisk(false);
      return false;
    }
    if (this.loadFailure === undefined || !isSame(this.loadFailure.target, target)) return true;
    return this.parts.clock.monotonicMs() >= this.reloadAtMonotonicMs;
  }

  private async load(target: ModelTarget, signal: AbortSignal): Promise<void> {
    this.isLoading = true;
    try {
      const next = await this.parts.loader.load(target, this.spec, signal);
      this.loadFailure = undefined;
      await this.swap(next, false);
    } catch (error) {
      if (!signal.aborted) this.noteLoadFailure(target, problemOf(error));
    } finally {
      this.isLoading = false;
    }
  }

  /**
   * Goes on with what served before the start, once: as if the process had never ended. A registry that answers "there
   * is none" is believed, and so is a version that has just failed.
   */
  private async fallBack(signal: AbortSignal): Promise<void> {
    if (this.isFallbackTried) return;
    this.isFallbackTried = true;
    if (this.problem?.problem.code === 'MODEL_VERSION_MISSING') return;
    this.isLoading = true;
    try {
      const target = await this.parts.lastServed.read(this.selector);
      const failed = this.loadFailure?.target;
      if (target === undefined || (failed && isSame(failed, target))) return;
      await this.swap(await this.parts.loader.load(target, this.spec, signal), true);
    } catch (error) {
      if (!signal.aborted) this.parts.listener.onCopyFailed(this.selector, error);
    } finally {
      this.isLoading = false;
    }
  }

  private async swap(next: LoadedVersion, isFromDisk: boolean): Promise<void> {
    const previous = this.loaded;
    this.loaded = next;
    this.parts.listener.onServing(this.selector, next.version, previous?.version);
    this.noteFromDisk(isFromDisk);
    // Before the files of the previous one go: a start must find one of them at any moment.
    if (!isFromDisk) await this.remember(next.version.target);
    if (previous === undefined) return;
    const retired = previous.version
      .retire()
      .then(() => previous.files.release())
      .catch((error: unknown) => this.parts.listener.onCleanUpFailed(this.selector, error))
      .finally(() => this.retiring.delete(retired));
    this.retiring.add(retired);
  }

  private async remember(target: ModelTarget): Promise<void> {
    try {
      await this.parts.lastServed.write(this.selector, target);
    } catch (error) {
      this.parts.listener.onCopyFailed(this.selector, error);
    }
  }

  private noteFromDisk(isFromDisk: boolean): void {
    if (this.isDiskOnly === isFromDisk) return;
    this.isDiskOnly = isFromDisk;
    this.parts.listener.onFromDisk(this.selector, isFromDisk);
  }

  private noteRegistry(problem: ModelProblem | undefined): void {
    this.registryProblem = problem;
    this.registryFailures = problem === undefined ? 0 : this.registryFailures + 1;
    this.parts.listener.onRegistryAnswer(this.selector, problem);
  }

  private noteLoadFailure(target: ModelTarget, problem: ModelProblem): void {
    // Downloads end in the middle when the registry goes away: that is no fault of the version.
    if (problem.code === 'REGISTRY_UNAVAILABLE') return this.noteRegistry(problem);
    const before =
      this.loadFailure && isSame(this.loadFailure.target, target) ? this.loadFailure.attempts : 0;
    const isFinal = problem.code === 'MODEL_FLAVOUR_UNSUPPORTED';
    const waitMs = isFinal
      ? Infinity
      : Math.min(MAX_RELOAD_WAIT_MS, MIN_RELOAD_WAIT_MS * 2 ** Math.min(before, 10));
    const failedAtMs = this.parts.clock.nowMs();
    const retryAtMs = isFinal ? undefined : failedAtMs + waitMs;
    this.reloadAtMonotonicMs = this.parts.clock.monotonicMs() + waitMs;
    this.loadFailure = { target, problem, attempts: before + 1, failedAtMs, retryAtMs };
    this.parts.listener.onLoadFailed(this.selector, this.loadFailure);
  }

  /** 80 to 120 % of the interval, so that many instances do not ask at the same moment. */
  private waitMs(): number {
    const { pollIntervalMs, random } = this.parts;
    const doublings = Math.min(Math.max(0, this.registryFailures - 1), 10);
    const longestMs = Math.max(pollIntervalMs, MAX_REGISTRY_WAIT_MS);
    return Math.min(longestMs, pollIntervalMs * 2 ** doublings) * (0.8 + 0.4 * random());
  }
}

function isSame(a: ModelTarget, b: ModelTarget): boolean {
  return a.version === b.version && a.location === b.location;
}

function problemOf(error: unknown): ModelProblem {
  if (error instanceof ModelProblem) return error;
  const said = error instanceof Error ? error.message : String(error);
  return new ModelProblem('MODEL_LOAD_FAILED', `Unexpected failure: ${said}`, error);
}
