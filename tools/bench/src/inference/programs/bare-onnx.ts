import { createServer, type ServerResponse } from 'node:http';
import { InferenceSession, Tensor } from 'onnxruntime-node';

/**
 * The shortest server of this one model: no checks, no limits, and one run for all requests that came in the same turn
 * of the event loop. Arguments: the port to listen on, the ONNX file.
 */
const [port, file] = process.argv.slice(2);
const FEATURES = 64;
const CLASSES = 10;

interface Job {
  readonly instances: readonly (readonly number[])[];
  readonly response: ServerResponse;
}

async function serve(): Promise<void> {
  const session = await InferenceSession.create(String(file), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  });
  let waiting: Job[] = [];

  async function run(): Promise<void> {
    const jobs = waiting;
    waiting = [];
    const rows = jobs.flatMap(({ instances }) => instances);
    const features = new Float32Array(rows.length * FEATURES);
    let at = 0;
    for (const row of rows)
      for (let column = 0; column < FEATURES; column += 1) features[at++] = row[column] ?? NaN;
    const input = new Tensor('float32', features, [rows.length, FEATURES]);
    const { label, probabilities } = await session.run({ input }, ['label', 'probabilities']);
    const labels = label?.data as BigInt64Array;
    const shares = probabilities?.data as Float32Array;
    let row = 0;
    for (const { instances, response } of jobs) {
      const predictions = instances.map(() => {
        const own = shares.subarray(row * CLASSES, (row + 1) * CLASSES);
        return { label: Number(labels[row++]), probabilities: Array.from(own) };
      });
      const text = JSON.stringify({ predictions });
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
        .end(text);
    }
  }

  createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { instances } = JSON.parse(Buffer.concat(parts).toString()) as Omit<Job, 'response'>;
      if (waiting.length === 0) setImmediate(() => void run());
      waiting.push({ instances, response });
    });
  }).listen(Number(port), '127.0.0.1');
}

void serve();
