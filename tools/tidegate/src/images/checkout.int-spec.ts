import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Checkout } from './checkout';

describe('the tag of what is checked out', () => {
  let folder: string;
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: folder, encoding: 'utf8' }).trim();
  const write = (name: string, text: string): void => writeFileSync(path.join(folder, name), text);

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'tidegate-checkout-'));
    git('init', '--quiet');
    git('config', 'user.name', 'test');
    git('config', 'user.email', 'test@example.com');
    write('a', '1');
    write('.gitignore', 'ignored\n');
    git('add', '.');
    git('commit', '--quiet', '--message', 'first');
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('is the hash of the commit', async () => {
    write('ignored', 'x');
    expect(await new Checkout(folder).release(false)).toBe(git('rev-parse', 'HEAD'));
  });

  it('is refused while there are changes, and they are named', async () => {
    write('a', '2');
    write('new', '');
    await expect(new Checkout(folder).release(false)).rejects.toThrow(
      /not committed[^]* M a\n[^]*\?\? new\n.*--allow-dirty/,
    );
  });

  it('with changes allowed is equal for equal content only, and leaves the index alone', async () => {
    const checkout = new Checkout(folder);
    write('new', 'one');
    const one = await checkout.release(true);
    write('new', 'two');
    const two = await checkout.release(true);
    write('new', 'one');
    expect(one).toMatch(/^[0-9a-f]{12}-dirty-[0-9a-f]{12}$/);
    expect(two).not.toBe(one);
    expect(await checkout.release(true)).toBe(one);
    expect(git('status', '--porcelain')).toBe('?? new');
  });

  it('of an earlier commit is found by any name for it; a name of nothing is refused', async () => {
    const first = git('rev-parse', 'HEAD');
    git('commit', '--quiet', '--allow-empty', '--message', 'second');
    expect(await new Checkout(folder).commitOf('HEAD^')).toBe(first);
    await expect(new Checkout(folder).commitOf('v9')).rejects.toThrow('"v9" is no commit');
    await expect(new Checkout(folder).commitOf('--all')).rejects.toThrow('"--all" is no commit');
  });
});
