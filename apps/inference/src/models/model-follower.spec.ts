import { FakeClock } from '@tidegate/testing';
import { ScriptedLastServed, ScriptedLoader, ScriptedRegistry } from '../../test/scripted-models';
import { ModelFollower } from './model-follower';
import type { ModelTarget } from './model-registry';
import { plainSpec } from './model-spec';

const POLL_MS = 1000;

describe('ModelFollower', () => {
  let clock: FakeClock;
  let registry: ScriptedRegistry;
  let loader: ScriptedLoader;
  let lastServed: ScriptedLastServed;
  let follower: ModelFollower;
  let told: string[];

  beforeEach(() => {
    clock = new FakeClock();
    registry = new ScriptedRegistry();
    loader = new ScriptedLoader(clock);
    lastServed = new ScriptedLastServed();
    told = [];
    follower = new ModelFollower(
      plainSpec({ text: 'digits@production', name: 'digits', alias: 'production' }),
      {
        registry,
        loader,
        lastServed,
        listener: {
          onRegistryAnswer: () => undefined,
          onServing: (_, version, previous) =>
            told.push(`serving ${version.target.version} after ${previous?.target.version}`),
          onFromDisk: (_, isFromDisk) => told.push(`from disk: ${isFromDisk}`),
          onCopyFailed: (_, error) => told.push(`copy failed: ${(error as Error).message}`),
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
    old?.acquire();
    registry.target = { ...registry.target, version: '2' };

    await clock.advance(POLL_MS);
    expect(follower.current?.target.version).toBe('2');
    expect(loader.disposed).toEqual([]);
    expect(loader.released).toEqual([]);

    old?.release();
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

  describe('at a start that cannot load what the registry says', () => {
    const served: ModelTarget = { name: 'digits', version: '1', location: 'here' };

    beforeEach(() => {
      lastServed.kept = served;
    });

    it.each(['REGISTRY_UNAVAILABLE', 'REGISTRY_REFUSED', 'MODEL_VERSION_NOT_READY'] as const)(
      'goes on with what served last: %s',
      async (failure) => {
        registry.failure = failure;
        await started();

        expect(follower.current?.target.version).toBe('1');
        expect(follower.isFromDisk).toBe(true);
        expect(follower.state).toBe('serving');
        expect(follower.problem?.problem.code).toBe(failure);
        expect(told).toEqual(['serving 1 after undefined', 'from disk: true']);
        expect(lastServed.written).toEqual([]);
      },
    );

    it('follows again when the registry is back: the same version stays, another one is loaded', async () => {
      registry.failure = 'REGISTRY_UNAVAILABLE';
      await started();
      registry.failure = undefined;
      await clock.advance(POLL_MS);

      expect(follower.isFromDisk).toBe(false);
      expect(loader.loads).toEqual(['1']);
      registry.target = { ...registry.target, version: '2' };
      await clock.advance(POLL_MS);
      expect(follower.current?.target.version).toBe('2');
      expect(loader.released).toEqual(['1']);
      expect(told.at(-1)).toBe('serving 2 after 1');
    });

    it('takes another version right away when the registry comes back with one', async () => {
      registry.failure = 'REGISTRY_UNAVAILABLE';
      await started();
      registry.failure = undefined;
      registry.target = { ...registry.target, version: '2' };
      await clock.advance(POLL_MS);

      expect(follower.current?.target.version).toBe('2');
      expect(follower.isFromDisk).toBe(false);
      expect(lastServed.written).toEqual(['2']);
    });

    it('goes on with what served last when the new version is broken, and still tries that', async () => {
      registry.target = { ...registry.target, version: '2' };
      loader.failures.set('2', 'MODEL_INVALID');
      await started();

      expect(follower.current?.target.version).toBe('1');
      expect(follower.isFromDisk).toBe(true);
      expect(follower.problem?.load).toMatchObject({ target: { version: '2' }, attempts: 1 });
      loader.failures.clear();
      await clock.advance(6000);
      expect(follower.current?.target.version).toBe('2');
      expect(follower.isFromDisk).toBe(false);
    });

    it('believes a registry that says there is no such version, also when it goes away then', async () => {
      registry.failure = 'MODEL_VERSION_MISSING';
      await started();
      registry.failure = 'REGISTRY_UNAVAILABLE';
      await clock.advance(20_000);

      expect(follower.current).toBeUndefined();
      expect(loader.loads).toEqual([]);
    });

    it('does not try again at once what has just failed', async () => {
      loader.failure = 'MODEL_INVALID';
      await started();
      expect(loader.loads).toEqual(['1']);
    });

    it('says so once when the copy is of no use, and waits for the registry', async () => {
      registry.failure = 'REGISTRY_UNAVAILABLE';
      loader.failure = 'MODEL_INVALID';
      await started();
      await clock.advance(30_000);

      expect(told).toEqual(['copy failed: as told']);
      expect(follower.state).toBe('waiting');
      registry.failure = undefined;
      loader.failure = undefined;
      await clock.advance(10_000);
      expect(follower.current?.target.version).toBe('1');
      expect(follower.isFromDisk).toBe(false);
    });
  });

  it('keeps what it serves for the next start, before the files of the version before go', async () => {
    await started();
    registry.target = { ...registry.target, version: '2' };
    lastServed.onWrite = () => expect(loader.released).toEqual([]);
    await clock.advance(POLL_MS);
    expect(lastServed.written).toEqual(['1', '2']);
    expect(loader.released).toEqual(['1']);
  });

  it('serves a version that cannot be kept for the next start, and says so', async () => {
    lastServed.failure = new Error('disk full');
    await started();
    expect(follower.current?.target.version).toBe('1');
    expect(told).toEqual(['serving 1 after undefined', 'copy failed: disk full']);
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
