import { FakeClock } from '@tidegate/testing';
import type { LoadedEngine } from '../engine/model-engine';
import type { Tensors, TensorSpec } from '../engine/tensor';
import { layoutOf } from '../predict/row-layout';
import { ModelFollower } from './model-follower';
import type { LoadedVersion } from './model-loader';
import { ModelProblem, type ModelProblemCode } from './model-problem';
import type { ModelRegistry, ModelTarget } from './model-registry';
import { ServedVersion } from './served-version';

const POLL_MS = 1000;

describe('ModelFollower', () => {
  let clock: FakeClock;
  let registry: ScriptedRegistry;
  let loader: ScriptedLoader;
  let follower: ModelFollower;
  let told: string[];

  beforeEach(() => {
    clock = new FakeClock();
    registry = new ScriptedRegistry();
    loader = new ScriptedLoader();
    told = [];
    follower = new ModelFollower(
      { text: 'digits@production', name: 'digits', alias: 'production' },
      {
        registry,
        loader,
        listener: {
          onRegistryAnswer: () => undefined,
          onServing: (_, version, previous) =>
            told.push(`serving ${version.target.version} after ${previous?.target.version}`),
          onLoadFailed: (_, { target, problem }) => told.push(`failed ${target.version} ${problem.code}`),
          onCleanUpFailed: (_, error) => told.push(`not freed: ${(error as Error).message}`),
        },
        clock,
        random: () => 0.5,
        pollIntervalMs: POLL_MS,
      },
    );
  });

  afterEach(() => follower.stop());

  async function started(): Promise<void> {
    follower.start();
    await clock.advance(0);
  }

  it('serves the version of the registry and asks again every interval', async () => {
    await started();
    expect(follower.current?.target.version).toBe('1');
    expect(follower.state).toBe('serving');

    await clock.advance(5 * POLL_MS);
    expect(registry.questions).toBe(6);
    expect(loader.loads).toEqual(['1']);
  });

  it('asks an absent registry less and less often, never less than every 10 s, and loads when it is back', async () => {
    registry.failure = 'REGISTRY_UNAVAILABLE';
    await started();
    expect(follower.state).toBe('waiting');
    expect(follower.problem?.problem.code).toBe('REGISTRY_UNAVAILABLE');

    await clock.advance(60_000);
    // After 0, 1, 3, 7 and 15 s, then every 10 s.
    expect(registry.questions).toBe(9);

    registry.failure = undefined;
    await clock.advance(10_000);
    expect(follower.current?.target.version).toBe('1');
    expect(follower.problem).toBeUndefined();
  });

  it('goes on serving while the registry is away', async () => {
    await started();
    registry.failure = 'REGISTRY_UNAVAILABLE';
    await clock.advance(POLL_MS);

    expect(follower.current?.target.version).toBe('1');
    expect(follower.state).toBe('serving');
    expect(follower.problem?.problem.code).toBe('REGISTRY_UNAVAILABLE');
    expect(loader.disposed).toEqual([]);
  });

  it('swaps to a new version, and frees the old one only when its last request has ended', async () => {
    await started();
    const old = follower.current;
    let finish = (): void => undefined;
    const running = old?.use(() => new Promise<void>((resolve) => (finish = resolve)));
    registry.target = { ...registry.target, version: '2' };

    await clock.advance(POLL_MS);
    expect(follower.current?.target.version).toBe('2');
    expect(loader.disposed).toEqual([]);
    expect(loader.released).toEqual([]);

    finish();
    await running;
    await clock.advance(0);
    expect(loader.disposed).toEqual(['1']);
    expect(loader.released).toEqual(['1']);
    expect(told).toEqual(['serving 1 after undefined', 'serving 2 after 1']);
  });

  it('takes the same version at another location for a new one', async () => {
    await started();
    registry.target = { ...registry.target, location: 'elsewhere' };
    await clock.advance(POLL_MS);

    expect(loader.loads).toEqual(['1', '1']);
    expect(follower.current?.target.location).toBe('elsewhere');
  });

  it('keeps the old version when the new one is broken, tries it again ever less often, forgets it when the alias moves', async () => {
    await started();
    registry.target = { ...registry.target, version: '2' };
    loader.failure = 'MODEL_INVALID';
    await clock.advance(POLL_MS);

    expect(follower.current?.target.version).toBe('1');
    expect(follower.problem?.load).toMatchObject({ target: { version: '2' }, attempts: 1 });
    await clock.advance(16_000);
    // At once, after 5 s and after 10 s more.
    expect(loader.loads).toEqual(['1', '2', '2', '2']);

    registry.target = { ...registry.target, version: '3' };
    loader.failure = undefined;
    await clock.advance(POLL_MS);
    expect(follower.current?.target.version).toBe('3');
    expect(follower.problem).toBeUndefined();
  });

  it('forgets a broken version when the alias goes back to what is served', async () => {
    await started();
    registry.target = { ...registry.target, version: '2' };
    loader.failure = 'MODEL_INVALID';
    await clock.advance(POLL_MS);
    registry.target = { ...registry.target, version: '1' };
    await clock.advance(POLL_MS);

    expect(follower.problem).toBeUndefined();
    expect(loader.loads).toEqual(['1', '2']);
  });

  it('tries an unsupported flavour once: only another version can mend it', async () => {
    loader.failure = 'MODEL_FLAVOUR_UNSUPPORTED';
    await started();
    await clock.advance(3_600_000);

    expect(loader.loads).toEqual(['1']);
    expect(follower.state).toBe('waiting');
    expect(follower.problem?.load?.retryAtMs).toBeUndefined();
  });

  it('does not hold a download against the version when the registry went away in the middle', async () => {
    loader.failure = 'REGISTRY_UNAVAILABLE';
    await started();
    expect(told).toEqual([]);
    expect(follower.problem?.problem.code).toBe('REGISTRY_UNAVAILABLE');

    loader.failure = undefined;
    await clock.advance(POLL_MS);
    expect(follower.current?.target.version).toBe('1');
  });

  it('survives what nobody expected, and an old version that cannot be freed', async () => {
    loader.unexpected = new Error('disk full');
    await started();
    expect(follower.problem?.problem).toMatchObject({
      code: 'MODEL_LOAD_FAILED',
      message: 'Unexpected failure: disk full',
    });

    loader.unexpected = undefined;
    await clock.advance(5 * POLL_MS);
    loader.disposeFailure = new Error('busy');
    registry.target = { ...registry.target, version: '2' };
    await clock.advance(POLL_MS);
    expect(told).toContain('not freed: busy');
    expect(follower.current?.target.version).toBe('2');
  });

  it('ends the question under way when it is stopped, and frees the memory but keeps the files', async () => {
    await started();
    registry.isSilent = true;
    await clock.advance(POLL_MS);

    await follower.stop();
    expect(follower.current?.target.version).toBe('1');
    expect(follower.problem).toBeUndefined();
    await follower.dispose();
    expect(loader.disposed).toEqual(['1']);
    expect(loader.released).toEqual([]);
  });
});

class ScriptedRegistry implements ModelRegistry {
  target: ModelTarget = { name: 'digits', version: '1', location: 'here' };
  failure: ModelProblemCode | undefined;
  isSilent = false;
  questions = 0;

  async resolve(_selector: unknown, signal: AbortSignal): Promise<ModelTarget> {
    this.questions += 1;
    if (this.isSilent) {
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
    }
    if (this.failure !== undefined) throw new ModelProblem(this.failure, 'as told');
    return Promise.resolve(this.target);
  }

  download(): Promise<void> {
    return Promise.resolve();
  }
}

const row: TensorSpec = { name: 'x', type: 'float32', shape: [undefined] };

class ScriptedLoader {
  readonly loads: string[] = [];
  readonly disposed: string[] = [];
  readonly released: string[] = [];
  failure: ModelProblemCode | undefined;
  unexpected: Error | undefined;
  disposeFailure: Error | undefined;

  load(target: ModelTarget): Promise<LoadedVersion> {
    this.loads.push(target.version);
    if (this.unexpected !== undefined) return Promise.reject(this.unexpected);
    if (this.failure !== undefined) return Promise.reject(new ModelProblem(this.failure, 'as told'));
    const engine: LoadedEngine = {
      metadata: { inputs: [row], outputs: [row] },
      run: (inputs: Tensors) => Promise.resolve(inputs),
      dispose: () => {
        this.disposed.push(target.version);
        return this.disposeFailure === undefined ? Promise.resolve() : Promise.reject(this.disposeFailure);
      },
    };
    const version = new ServedVersion(target, engine, layoutOf(engine.metadata), { loadedAtMs: 0, runMs: 0 });
    const release = (): Promise<void> => {
      this.released.push(target.version);
      return Promise.resolve();
    };
    return Promise.resolve({ version, files: { path: `/models/${target.version}`, release } });
  }
}
