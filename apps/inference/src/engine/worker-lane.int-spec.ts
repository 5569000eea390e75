import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseMlmodel } from '@tidegate/mlflow-client';
import { LaneLost } from '../execution/lane';
import { allocateShared } from '../tensors/slab';
import type { Tensors } from '../tensors/tensor';
import type { ModelFolder } from './model-engine';
import { WorkerLane } from './worker-lane';

/** A worker that says it is ready and does what it is told in place of running a model. */
const READY = `
  const { parentPort, threadId } = require('node:worker_threads');
  const opened = { metadata: { inputs: [], outputs: [] }, probe: {}, loadMs: 1 };
  const answer = (data) => {
    const outputs = { y: { type: 'int32', dims: [data.length], data: Int32Array.from(data) } };
    parentPort.postMessage({ kind: 'done', outputs });
  };
  parentPort.on('message', (message) => (message.kind === 'end' ? parentPort.close() : run(message.inputs)));
  parentPort.postMessage({ kind: 'ready', opened });
`;
const BLOCK = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);';

/** Real threads; the engine in them is tested by the e2e tests, because onnxruntime does not run inside Jest. */
describe('a worker thread of a model', () => {
  let path: string;
  let lane: WorkerLane | undefined;

  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), 'tidegate-test-worker-'));
  });

  afterEach(async () => {
    await lane?.dispose();
    lane = undefined;
    await rm(path, { recursive: true });
  });

  it('gets exactly its rows of the memory they share with others, which stays usable', async () => {
    await open(
      `${READY} const run = ({ x, words }) => answer([x.data.buffer.byteLength, ...x.data, words.data.length]);`,
    );
    allocateShared(Int32Array, 4);
    const data = allocateShared(Int32Array, 2);
    data.set([7, 8]);
    const words = { type: 'string' as const, dims: [3], data: ['a', 'ü', ''] };

    expect(valuesOf(await lane?.run({ x: { type: 'int32', dims: [2], data }, words }))).toEqual([8, 7, 8, 3]);
    expect([...data]).toEqual([7, 8]);
  });

  it('goes on after a failure of the model', async () => {
    await open(`${READY} let runs = 0;
      const run = () => runs++ === 0 ? parentPort.postMessage({ kind: 'error', message: 'bad shape' }) : answer([1]);`);

    const failure: unknown = await lane?.run({}).catch((error: unknown) => error);
    expect(failure).toMatchObject({ message: 'bad shape' });
    expect(failure).not.toBeInstanceOf(LaneLost);
    expect(valuesOf(await lane?.run({}))).toEqual([1]);
  });

  it.each([
    ['throws', "throw new Error('out of luck')", 'out of luck'],
    ['exits', 'process.exit(3)', 'it ended with code 3'],
  ])('fails its batch and says that it is gone when it %s', async (_, behaviour, cause) => {
    await open(`${READY} const run = () => { ${behaviour} };`);
    const gone: string[] = [];
    lane?.onGone((said) => gone.push(said));

    await expect(lane?.run({})).rejects.toEqual(new LaneLost(cause));
    expect(gone).toEqual([cause]);
    await expect(lane?.run({})).rejects.toEqual(new LaneLost(cause));
  });

  it('is given up at once in the middle of a run, and ends when the run does', async () => {
    const events: string[] = [];
    await open(`${READY} const run = () => { ${BLOCK} answer([1]); };`);
    const run = lane?.run({}).catch((error: Error) => events.push(error.message));
    const disposal = lane?.dispose().then(() => events.push('ended'));
    await run;
    await new Promise((resolve) => setImmediate(resolve));
    expect(events).toEqual(['it was stopped']);
    await disposal;
    expect(events).toEqual(['it was stopped', 'ended']);
  });

  it.each([
    [
      'says why',
      "parentPort.postMessage({ kind: 'failed', failure: { code: 'MODEL_INVALID', message: 'no' } })",
      'MODEL_INVALID',
      'no',
    ],
    [
      'dies',
      "throw new Error('no memory')",
      'MODEL_LOAD_FAILED',
      'The worker thread of the model ended: no memory',
    ],
    ['ends', '', 'MODEL_LOAD_FAILED', 'The worker thread of the model ended: code 0'],
  ])('is not there when the one that loads the model %s', async (_, behaviour, code, message) => {
    const opening = open(`const { parentPort } = require('node:worker_threads'); ${behaviour};`);
    await expect(opening).rejects.toMatchObject({ code, message });
  });

  it('ends when the process stops while it loads, and only then the opening ends', async () => {
    const stopping = new AbortController();
    const marker = join(path, 'ended');
    const file = await programOf(`${READY.replace('parentPort.close()', 'end()')}
      const end = () => { ${BLOCK} require('node:fs').writeFileSync('${marker}', ''); parentPort.close(); };`);
    const opening = WorkerLane.open(folder(), stopping.signal, file);
    const reason = new Error('stopping');
    stopping.abort(reason);
    await expect(opening).rejects.toBe(reason);
    expect(existsSync(marker)).toBe(true);
  });

  async function open(program: string): Promise<void> {
    lane = await WorkerLane.open(folder(), new AbortController().signal, await programOf(program));
  }

  async function programOf(text: string): Promise<string> {
    const file = join(path, 'program.js');
    await writeFile(file, text);
    return file;
  }

  function folder(): ModelFolder {
    return { path, mlmodel: parseMlmodel('flavors: {}\n') };
  }
});

function valuesOf(outputs: Tensors | undefined): number[] {
  return Array.from(outputs?.['y']?.data ?? [], Number);
}
