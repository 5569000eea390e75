import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findFreePort, hostEnvironment, startProcess, waitUntilReady } from '@tidegate/local-parts';

const READY_TIMEOUT_MS = 30_000;
const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';

/** A registry of images (Debian's package `docker-registry`) on this machine. */
export class ImageRegistry {
  private constructor(
    /** Host and port. */
    readonly host: string,
    readonly stop: () => Promise<void>,
  ) {}

  static async start(): Promise<ImageRegistry> {
    const folder = await mkdtemp(path.join(tmpdir(), 'tidegate-registry-'));
    const host = `127.0.0.1:${await findFreePort()}`;
    const config = {
      version: '0.1',
      log: { level: 'error' },
      storage: { filesystem: { rootdirectory: path.join(folder, 'images') } },
      http: { addr: host },
    };
    // JSON is YAML.
    await writeFile(path.join(folder, 'config.yml'), JSON.stringify(config));
    const child = await startProcess({
      name: 'docker-registry',
      command: 'docker-registry',
      args: ['serve', path.join(folder, 'config.yml')],
      env: hostEnvironment(),
      cwd: folder,
      logFile: path.join(folder, 'registry.log'),
    });
    await waitUntilReady(child, () => isAnswering(`http://${host}/v2/`), READY_TIMEOUT_MS);
    return new ImageRegistry(host, async () => {
      await child.stop();
      await rm(folder, { recursive: true });
    });
  }

  /** The image with this digest: its configuration, and its layers' sizes in bytes. */
  async image(repository: string, digest: string): Promise<RegisteredImage> {
    const base = `http://${this.host}/v2/${repository}`;
    const answer = await fetch(`${base}/manifests/${digest}`, { headers: { accept: MANIFEST } });
    if (!answer.ok) throw new Error(`${repository}@${digest}: HTTP ${answer.status}`);
    const { config, layers } = (await answer.json()) as {
      config: { digest: string };
      layers: { size: number }[];
    };
    const read = await fetch(`${base}/blobs/${config.digest}`);
    return {
      config: (await read.json()) as RegisteredImage['config'],
      layerBytes: layers.map(({ size }) => size),
    };
  }
}

async function isAnswering(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

interface RegisteredImage {
  readonly config: { readonly architecture: string; readonly config: { readonly User?: string } };
  readonly layerBytes: readonly number[];
}
