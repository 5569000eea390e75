import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FakeClock } from '@tidegate/testing';
import { CommandError } from '../command-error';
import { ValidationJournal, type Comparison } from './validation-journal';

const servers: Comparison = { fromUrl: 'http://a', toUrl: 'http://b', checksums: true };
const run = { kind: 'runs', from: 'r1', outline: 'lr 0.1' } as const;

describe('the journal of a validation', () => {
  const clock = new FakeClock();
  let folder: string;
  beforeEach(() => {
    folder = path.join(mkdtempSync(path.join(tmpdir(), 'tidegate-validated-')), 'migrate');
  });
  afterEach(() => rmSync(path.dirname(folder), { recursive: true }));

  const open = (resumes: boolean, compared = servers) =>
    ValidationJournal.open(folder, compared, { resumes, clock });
  const file = (): string => path.join(folder, readdirSync(folder)[0] ?? '');

  it('tells a later call what was proven and since when, as long as the outline is the same', async () => {
    const since = new Date(clock.nowMs()).toISOString();
    await (await open(false)).record(run);
    await clock.advance(60_000);
    const middle = await open(true);
    await middle.record({ ...run, from: 'r2' });
    const journal = await open(true);
    expect(journal.isProven({ ...run, outline: 'lr 0.2' })).toBe(false);
    expect(journal.isProven({ ...run, kind: 'models' })).toBe(false);
    expect(journal.earlier).toBeUndefined();
    expect(journal.isProven({ ...run, from: 'r2' })).toBe(true);
    expect(journal.isProven(run)).toBe(true);
    expect(journal.earlier).toEqual({ things: 2, since });
  });

  it('counts nothing when it is not to go on, or for other servers, or other thoroughness', async () => {
    await (await open(false)).record(run);
    expect((await open(true, { ...servers, toUrl: 'http://c' })).isProven(run)).toBe(false);
    expect((await open(true, { ...servers, checksums: false })).isProven(run)).toBe(false);
    expect((await open(false)).isProven(run)).toBe(false);
    expect((await open(true)).isProven(run)).toBe(false);
  });

  it('passes over a line that was being written, and goes on behind the last whole one', async () => {
    await (await open(false)).record(run);
    appendFileSync(file(), '{"kind":"runs","fr');
    const journal = await open(true);
    await journal.record({ ...run, from: 'r2' });
    expect(readFileSync(file(), 'utf8').trimEnd().split('\n')).toHaveLength(2);
    expect((await open(true)).isProven({ ...run, from: 'r2' })).toBe(true);
  });

  it('names a damaged line, and what to do', async () => {
    await (await open(false)).record(run);
    appendFileSync(file(), 'nonsense\n');
    const failure: unknown = await open(true).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(CommandError);
    expect(String(failure)).toContain(`Line 2 of ${file()} is damaged`);
    expect(String(failure)).toContain('Leave out --resume.');
    expect((await open(false)).isProven(run)).toBe(false);
  });
});
