import { chmod, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import path from 'node:path';
import { FakeClock } from '@tidegate/testing';
import { runProgram, type RunningProgram } from '../test/run-program';
import { payloads, textsIn, useSpools } from '../test/use-spools';
import type { SpoolError } from './spool-error';

jest.setTimeout(180_000);

describe('the folder of a spool', () => {
  const spools = useSpools();
  const programs: RunningProgram[] = [];

  afterEach(() => Promise.all(programs.splice(0).map((program) => program.kill())));

  function run(...args: Parameters<typeof runProgram>): RunningProgram {
    const program = runProgram(...args);
    programs.push(program);
    return program;
  }

  function refusal(): Promise<SpoolError | undefined> {
    return spools.open().then(
      () => undefined,
      (error: SpoolError) => error,
    );
  }

  it('belongs to one process, and to the next one as soon as that is killed', async () => {
    const holder = run(['hold', spools.folder]);
    expect(await holder.started).toBe('open');

    const refused = await refusal();
    expect(refused).toMatchObject({ code: 'SPOOL_LOCKED' });
    expect(refused?.message).toMatch(new RegExp(`^Process ${holder.pid} on .* uses the folder`));
    expect(await run(['hold', spools.folder]).started).toBe('SPOOL_LOCKED');

    await holder.kill();
    await (await spools.open()).append(payloads('a'));
  });

  it('is not taken from a process that is stopped, however long', async () => {
    const holder = run(['hold', spools.folder]);
    await holder.started;
    process.kill(holder.pid, 'SIGSTOP');
    const inAnHour = new FakeClock(Date.now() + 3_600_000);
    await expect(spools.open({ clock: inAnHour })).rejects.toMatchObject({ code: 'SPOOL_LOCKED' });
  });

  it('belongs to one of several that want it at the same moment', async () => {
    const attempts = await Promise.allSettled(Array.from({ length: 10 }, () => spools.open()));
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const attempt of attempts) {
      if (attempt.status === 'rejected') expect(attempt.reason).toMatchObject({ code: 'SPOOL_LOCKED' });
    }
  });

  it('is given up when somebody removes it, and the next spool makes it anew', async () => {
    const clock = new FakeClock();
    const spool = await spools.open({ clock });
    await spool.append(payloads('a'));
    await rm(spools.folder, { recursive: true });
    const next = await spools.open();

    while (spools.told.length === 0) await clock.advance(1000);
    expect(spools.told).toEqual(['lost: its lock file is gone or another one']);
    await expect(spool.append(payloads('b'))).rejects.toMatchObject({ code: 'SPOOL_CLOSED' });
    await spool.close();
    expect(clock.pendingTimers).toBe(0);
    expect(await textsIn(next)).toEqual([]);
  });

  it('is refused when it cannot be made or written, with what to do', async () => {
    const parent = path.dirname(spools.folder);
    const isRoot = process.getuid?.() === 0;
    const refusals: unknown[] = [];
    // Root may write everywhere, so it is somebody else for a moment.
    if (isRoot) process.seteuid?.(65534);
    try {
      if (!isRoot) await chmod(parent, 0o555);
      refusals.push(await refusal());
    } finally {
      if (isRoot) process.seteuid?.(0);
      else await chmod(parent, 0o755);
    }
    await writeFile(spools.folder, 'a file is in the way');
    refusals.push(await refusal());

    const remedy = expect.stringContaining('choose another') as string;
    const refused = expect.objectContaining({ code: 'SPOOL_NOT_WRITABLE', remedy }) as unknown;
    expect(refusals).toEqual([refused, refused]);
  });

  const itAsRoot = process.getuid?.() === 0 ? it : it.skip;
  itAsRoot('is refused when it belongs to somebody else (needs root, to be somebody else)', async () => {
    await mkdir(spools.folder);
    await chmod(path.dirname(spools.folder), 0o755);
    await chmod(spools.folder, 0o755);
    process.seteuid?.(65534);
    const refused = await refusal().finally(() => process.seteuid?.(0));
    expect(refused).toMatchObject({ code: 'SPOOL_NOT_WRITABLE' });
  });

  it('holds everything that was acknowledged when the disk takes only a part of a write', async () => {
    // A file may grow to 64 KiB or 128 KiB, by the shell's unit; the append that passes it is written in part.
    const program = run(['fill', spools.folder], { prelude: 'trap "" XFSZ; ulimit -f 128' });
    expect(await program.ended).toBe(0);
    const told = program.lines.map((line) => line.replace('+', ''));
    expect(told.slice(-2)).toEqual(['SPOOL_WRITE_FAILED', 'last']);

    const numbers = told.slice(0, -2);
    expect(numbers.length).toBeGreaterThan(50);
    const sizes = await Promise.all(
      (await spools.segmentFiles()).map(async (file) => (await stat(file)).size),
    );
    const spool = await spools.open();
    // Nothing of what was refused is left.
    expect(sizes.reduce((sum, size) => sum + size - 8, 0)).toBe(spool.stats().bytes);
    const found = (await textsIn(spool)).map((text) => text.split(' ')[0]);
    expect(found).toEqual([...numbers.flatMap((number) => [number, number]), 'last']);
    expect(spools.told).toEqual([]);
  });

  it('keeps a record that the disk takes only a part of when it is set aside', async () => {
    const program = run(['aside', spools.folder], { prelude: 'trap "" XFSZ; ulimit -f 128' });
    expect(await program.ended).toBe(0);
    const told = program.lines.map((line) => line.replace('+', ''));
    expect(told.pop()).toBe('SPOOL_WRITE_FAILED');

    expect(told.length).toBeGreaterThan(50);
    const lines = (await readFile(path.join(spools.folder, 'set-aside.ndjson'), 'utf8')).trimEnd();
    const kept = lines.split('\n').map((line) => (JSON.parse(line) as { text: string }).text.split(' ')[0]);
    expect(kept).toEqual(told);
    const waiting = (await textsIn(await spools.open())).map((text) => text.split(' ')[0]);
    expect(waiting).toEqual([String(told.length)]);
  });

  it('loses nothing that was acknowledged, nor its order, when the process is killed at any moment, 30 times', async () => {
    const kept = new Set<number>();
    let acknowledged = 0;
    let told = 0;
    for (let round = 1; round <= 30; round += 1) {
      const program = run(['append', spools.folder, String(round * 1_000_000)]);
      await program.started;
      await wait(round * 5);
      // A slow disk acknowledges little in that time.
      while (told + program.lines.length < round * 80) await wait(5);
      await program.kill();
      told += program.lines.length;
      for (const line of program.lines.filter((told) => told.startsWith('+'))) {
        kept.add(Number(line));
        acknowledged += 1;
      }
      for (const line of program.lines.filter((told) => told.startsWith('-'))) kept.delete(-Number(line));
    }

    const found = (await textsIn(await spools.open())).map((text) => Number(text.split(' ')[0]));
    expect(acknowledged).toBeGreaterThan(1000);
    expect(kept.size).toBeGreaterThan(100);
    expect([...kept].filter((number) => !found.includes(number))).toEqual([]);
    expect(found).toEqual([...new Set(found)].sort((a, b) => a - b));
    expect(spools.told).toEqual([]);
  });
});
