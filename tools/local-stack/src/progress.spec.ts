import { Progress } from './progress';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe('progress lines', () => {
  it('say when a step is done and how long it took', async () => {
    const lines: string[] = [];
    const times = [1_000, 2_250];
    const progress = new Progress(
      (line) => lines.push(line),
      () => times.shift() ?? 0,
    );
    await expect(progress.step('apps are built', () => Promise.resolve(7))).resolves.toBe(7);
    expect(lines).toEqual(['  ✓ apps are built (1.3 s)']);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('tell the elapsed seconds while a step takes long, and then that it failed', async () => {
    const lines: string[] = [];
    const progress = new Progress(
      (line) => lines.push(line),
      () => Date.now(),
    );
    const step = progress.step('packages are installed', async () => {
      await new Promise((resolve) => setTimeout(resolve, 15_000));
      throw new Error('no disk');
    });
    const failed = expect(step).rejects.toThrow('no disk');
    await jest.advanceTimersByTimeAsync(15_000);
    await failed;
    expect(lines).toEqual([
      '  … waiting until packages are installed (3.0 s)',
      '  … waiting until packages are installed (13.0 s)',
      '  ✗ packages are installed: failed (15.0 s)',
    ]);
    expect(jest.getTimerCount()).toBe(0);
  });
});
