import { type FileHandle, open } from 'node:fs/promises';
import type { Clock } from '@tidegate/clock';
import { SetAsideFiles, SET_ASIDE_PATTERN } from './set-aside-files';
import { SpoolError } from './spool-error';
import type { SpoolFolder } from './spool-folder';

export interface SetAsideOptions {
  readonly isDurable: boolean;
  readonly clock: Clock;
  /** Of all its files together; one text that is larger is still kept when there is no other, else it could never be. */
  readonly maxBytes: number;
  /** Beyond, the next file is begun. @default 64 MiB */
  readonly fileBytes?: number;
  readonly onSetAside: (reason: string, bytes: number, isKept: boolean) => void;
}

export interface SetAsideEntry {
  readonly bytes: Uint8Array;
  readonly reason: string;
}

/** So that a person can open each. */
const FILE_BYTES = 64 * 1024 * 1024;

/**
 * What could not be delivered or read, kept for a person to look at: `set-aside.ndjson` in the folder and, when that is
 * large, `set-aside-2.ndjson` and so on; a line each, the bytes as text where they are UTF-8, else as base64. Whatever leaves
 * the queue unread is counted and told here.
 */
export class SetAside {
  private readonly files: SetAsideFiles;
  private readonly toldDamages = new Set<string>();
  private entries = 0;

  constructor(
    private readonly folder: SpoolFolder,
    private readonly options: SetAsideOptions,
  ) {
    this.files = new SetAsideFiles(folder.path, options.fileBytes ?? FILE_BYTES);
  }

  /** Since the spool was opened. */
  get count(): number {
    return this.entries;
  }

  /**
   * All of them or none: what is refused comes again, and must not be here twice then.
   *
   * @throws SpoolError `SPOOL_SET_ASIDE_FULL`; what the file system throws. Then nothing of it is there.
   */
  async add(entries: readonly SetAsideEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const at = new Date(this.options.clock.nowMs()).toISOString();
    const lines = entries.map(({ bytes, reason }) => JSON.stringify({ at, reason, ...readable(bytes) }));
    await this.keep(Buffer.from(`${lines.join('\n')}\n`));
    this.entries += entries.length;
    for (const { bytes, reason } of entries) this.options.onSetAside(reason, bytes.byteLength, true);
  }

  /** Once each: reading finds again what opening found. @throws as {@link add} does */
  async addDamage(bytes: Uint8Array, segment: number, offset: number): Promise<void> {
    const place = `segment ${segment}, offset ${offset}`;
    if (this.toldDamages.has(place)) return;
    await this.add([{ bytes, reason: `damaged: ${place}, ${bytes.byteLength} bytes` }]);
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

  /** On the disk before its records are removed from the queue. */
  private async keep(text: Buffer): Promise<void> {
    const { maxBytes, isDurable } = this.options;
    const place = await this.files.placeFor(text.length);
    if (place.bytesOfAll > 0 && place.bytesOfAll + text.length > maxBytes) {
      const what = `${place.bytesOfAll} bytes are set aside in ${this.folder.path}/${SET_ASIDE_PATTERN}`;
      throw new SpoolError(
        'SPOOL_SET_ASIDE_FULL',
        `${what}, ${text.length} more would pass their limit of ${maxBytes}.`,
      );
    }
    const handle = await open(place.file, 'a', 0o600);
    try {
      await this.write(handle, text);
    } finally {
      await handle.close();
    }
    if (isDurable && place.isNew) await this.folder.syncNames();
  }

  private async write(handle: FileHandle, text: Buffer): Promise<void> {
    const { size } = await handle.stat();
    try {
      await handle.appendFile(text);
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
