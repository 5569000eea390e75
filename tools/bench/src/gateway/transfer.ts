import { once } from 'node:events';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import type { Target } from '../target';

/** The gateway takes the paths of MLflow's artifacts, the others any; the upstream reads the length at its end. */
const ROOT = '/api/mlflow/api/2.0/mlflow-artifacts/artifacts/1/8f1c2ad1cb2d4c7e9a3f5b6c7d8e9f00/artifacts';
const CHUNK = Buffer.alloc(256 * 1024, 7);

/** Reads a file of so many bytes. @throws Error when not all of it came */
export async function download({ url, headers }: Target, bytes: number): Promise<void> {
  const answer = await answerTo(request(`${url}${ROOT}/file-${bytes}`, { headers, agent: false }).end());
  let received = 0;
  answer.on('data', (part: Buffer) => void (received += part.length));
  await once(answer, 'end');
  if (received !== bytes) throw new Error(`${received} of ${bytes} bytes came from ${url}`);
}

/** Sends a file of so many bytes. @throws Error when not all of it arrived */
export async function upload({ url, headers }: Target, bytes: number): Promise<void> {
  const sending = request(`${url}${ROOT}/file-${bytes}`, {
    method: 'PUT',
    headers: { ...headers, 'content-type': 'application/octet-stream', 'content-length': bytes },
    agent: false,
  });
  const answered = answerTo(sending);
  await Promise.race([write(sending, bytes), answered]);
  const parts: Buffer[] = [];
  for await (const part of (await answered) as AsyncIterable<Buffer>) parts.push(part);
  const said = Buffer.concat(parts).toString();
  if (said !== JSON.stringify({ bytes }))
    throw new Error(`${bytes} bytes were sent to ${url}; it said ${said}`);
}

async function write(sending: ClientRequest, bytes: number): Promise<void> {
  for (let left = bytes; left > 0;) {
    const chunk = left < CHUNK.length ? CHUNK.subarray(0, left) : CHUNK;
    left -= chunk.length;
    if (!sending.write(chunk)) await once(sending, 'drain');
  }
  sending.end();
}

async function answerTo(sending: ClientRequest): Promise<IncomingMessage> {
  const [answer] = (await once(sending, 'response')) as [IncomingMessage];
  if (answer.statusCode === 200) return answer;
  answer.resume();
  throw new Error(`a transfer was answered with ${answer.statusCode}`);
}
