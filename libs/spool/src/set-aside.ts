import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@tidegate/clock';

export interface SetAsideOptions {
  readonly isDurable: boolean;
  readonly clock: Clock;
  readonly onSetAside: (reason: string, bytes: number, isKept: boolean) => void;
}

/** Of the file; beyond, an entry is only counted and told. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

/**
 * What could not be delivered or read, kept for a person to look at: `set-aside.ndjson` in the folder, a line each, the
 * bytes as text where they are UTF-8, else as base64. Whatever leaves the queue unread is counted and told here.
 */
export class SetAside {
  private readonly file: string;
  private readonly toldDamages = new Set<string>();
  private entries = 0;

  constructor(
    folder: string,
    private readonly options: SetAsideOptions,
  ) {
    this.file = join(folder, 'set-aside.ndjson');
  }

  /** Since the spool was opened. */
  get count(): number {
    return this.entries;
  }

  /** @throws what the file system throws; then nothing of it is there */
  async add(bytes: Uint8Array, reason: string): Promise<void> {
    const isKept = await this.keep(bytes, reason);
    this.entries += 1;
    this.options.onSetAside(reason, bytes.byteLength, isKept);
  }

  /** Once each: reading finds again what opening found. @throws what the file system throws */
  async addDamage(bytes: Uint8Array, segment: number, offset: number): Promise<void> {
    const place = `segment ${segment}, offset ${offset}`;
    if (this.toldDamages.has(place)) return;
    await this.add(bytes, `damaged: ${place}, ${bytes.byteLength} bytes`);
    this.toldDamages.add(place);
  }

  /** Once each. */
  tellMissing(first: number, last: number): void {
    const text = first === last ? `segment ${first} is missing` : `segments ${first} to ${last} are missing`;
    if (this.toldDamages.has(`segment ${first}`)) return;
    for (let segment = first; segment <= last; segment += 1) this.toldDamages.add(`segment ${segment}`);
    this.entries += 1;
    this.options.onSetAside(text, 0, false);
  }

  private async keep(bytes: Uint8Array, reason: string): Promise<boolean> {
    const at = new Date(this.options.clock.nowMs()).toISOString();
    const line = Buffer.from(`${JSON.stringify({ at, reason, ...readable(bytes) })}\n`);
    const handle = await open(this.file, 'a', 0o600);
    try {
      const { size } = await handle.stat();
      if (size + line.length > MAX_FILE_BYTES) return false;
      await this.write(handle, line, size);
      return true;
    } finally {
      await handle.close();
    }
  }

  /** On the disk before its record is removed from the queue. */
  private async write(handle: FileHandle, line: Buffer, size: number): Promise<void> {
    try {
      await handle.appendFile(line);
      if (this.options.isDurable) await handle.sync();
    } catch (error) {
      // Half a line would spoil the next one; when it cannot be cut off, the first failure is the one to tell.
      await handle.truncate(size).catch(() => undefined);
      throw error;
    }
  }
}

function readable(bytes: Uint8Array): { text: string } | { base64: string } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = buffer.toString('utf8');
  return Buffer.from(text).equals(buffer) ? { text } : { base64: buffer.toString('base64') };
}
