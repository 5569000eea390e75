import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { SpoolRecord } from '../src/record-format';
import { Spool, type SpoolOptions } from '../src/spool';

export interface Spools {
  /** Not made yet. */
  folder: string;
  /** By the spools, to their observer. */
  told: string[];
  open(options?: Partial<SpoolOptions>): Promise<Spool>;
  reopen(spool: Spool, options?: Partial<SpoolOptions>): Promise<Spool>;
  segmentFiles(): Promise<string[]>;
}

const EVERYTHING = { maxRecords: 1e6, maxBytes: 1e9 };

/** A folder for each test, and spools in it that are closed afterwards. */
export function useSpools(): Spools {
  const opened = new Set<Spool>();
  const spools: Spools = {
    folder: '',
    told: [],
    open: async (options = {}) => {
      const observer = {
        onSetAside: (reason: string, _bytes: number, isKept: boolean) =>
          spools.told.push(isKept ? reason : `${reason} (not kept)`),
        onLost: (cause: string) => spools.told.push(`lost: ${cause}`),
      };
      const spool = await Spool.open({ folder: spools.folder, maxBytes: 1e9, observer, ...options });
      opened.add(spool);
      return spool;
    },
    reopen: async (spool, options) => {
      await spool.close();
      opened.delete(spool);
      return spools.open(options);
    },
    segmentFiles: async () =>
      (await readdir(spools.folder))
        .filter((name) => name.endsWith('.seg'))
        .sort()
        .map((name) => path.join(spools.folder, name)),
  };

  beforeEach(async () => {
    spools.folder = path.join(await mkdtemp(path.join(tmpdir(), 'tidegate-test-spool-')), 'spool');
    spools.told = [];
  });
  afterEach(async () => {
    await Promise.all([...opened].map((spool) => spool.close()));
    opened.clear();
    await rm(path.dirname(spools.folder), { recursive: true, force: true });
  });
  return spools;
}

/** What waits, in order. */
export async function textsIn(spool: Spool): Promise<string[]> {
  return ((await spool.peek(EVERYTHING))?.records ?? []).map(textOf);
}

export function textOf({ payload }: SpoolRecord): string {
  return payload.toString();
}

export async function removeAll(spool: Spool): Promise<void> {
  const batch = await spool.peek(EVERYTHING);
  if (batch) await spool.remove(batch);
}

export function payloads(...texts: readonly string[]): Buffer[] {
  return texts.map((text) => Buffer.from(text));
}
