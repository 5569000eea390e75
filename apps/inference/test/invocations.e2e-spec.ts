import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { startPython, trackingEnvironment, useTestMlflow } from '@tidegate/testing';
import {
  type InferenceUnderTest,
  startInferenceUnderTest,
  uniqueModelName,
  untilReady,
} from './inference-under-test';
import { BODIES, type Body } from './scoring-corpus/bodies';
import { READER_BODIES } from './scoring-corpus/reader-bodies';

jest.setTimeout(240_000);

interface Corpus {
  readonly port: number;
  readonly models: Readonly<Record<string, { readonly name: string }>>;
}

interface Scored {
  readonly status: number;
  readonly body: unknown;
}

/**
 * Where MLflow 3.17 with pandas 3 fails at a good body: a column of text is no NumPy array any more, so that a model with
 * several inputs, one of them text, cannot take a table. Here it can.
 */
const FAILURES_OF_MLFLOW: ReadonlySet<string> = new Set(
  ['split', 'records', 'inputs', 'instances', 'half a room'].map((what) => `mixed: ${what}`),
);
/** What `mixed` answers to them: size × rooms + 10 in Kiel, 20 in Bonn, 0.5 elsewhere. */
const PRICES: Readonly<Record<string, readonly number[]>> = {
  split: [13, 27.5, 1.5],
  records: [140.5, 4.5],
  inputs: [13, 26],
  instances: [13],
  'half a room': [13],
};

describe('POST /invocations', () => {
  const mlflow = useTestMlflow();
  let corpus: Corpus;
  let stopCorpus: () => Promise<unknown>;
  let app: InferenceUnderTest;

  beforeAll(async () => {
    const script = path.join(__dirname, 'scoring-corpus/corpus.py');
    const server = await startPython(
      script,
      ['serve', uniqueModelName('corpus')],
      trackingEnvironment(mlflow),
    );
    const ended = once(server, 'exit');
    stopCorpus = () => {
      server.kill();
      return ended;
    };
    const [line] = (await once(createInterface({ input: server.stdout }), 'line')) as [string];
    corpus = JSON.parse(line) as Corpus;
    await reachable(`http://127.0.0.1:${corpus.port}/ratio/ping`);
  }, 360_000);

  afterAll(() => stopCorpus());

  afterEach(() => app.remove());

  it.each(Object.keys(BODIES))('answers as MLflow does for the model "%s"', async (kind) => {
    app = await startInferenceUnderTest(mlflow, { MODELS: `${corpus.models[kind]?.name}@production` });
    await untilReady(app);
    const differences: string[] = [];

    for (const body of [...(BODIES[kind] ?? []), ...(READER_BODIES[kind] ?? [])]) {
      const theirs = await post(`http://127.0.0.1:${corpus.port}/${kind}/invocations`, body);
      const ours = await post(`${app.url}/invocations`, body);
      const isFailure = FAILURES_OF_MLFLOW.has(`${kind}: ${body.what}`);
      const difference = isFailure ? pricesOff(theirs, ours, body.what) : differenceOf(theirs, ours);
      if (difference !== undefined) differences.push(`${body.what}: ${difference}`);
    }

    expect(differences).toEqual([]);
  });

  it('has the routes around it that its clients know', async () => {
    app = await startInferenceUnderTest(mlflow, { MODELS: `${corpus.models['integers']?.name}@production` });
    await untilReady(app);

    for (const route of ['ping', 'version']) {
      const [theirs, ours] = await Promise.all(
        [`http://127.0.0.1:${corpus.port}/integers/${route}`, `${app.url}/${route}`].map(async (url) => {
          const answer = await fetch(url);
          return [answer.status, answer.headers.get('content-type')?.split(';')[0], await answer.text()];
        }),
      );
      expect(ours).toEqual(theirs);
    }
    const missing = await startInferenceUnderTest(mlflow, {
      MODELS: `${uniqueModelName('missing')}@production`,
    });
    expect((await fetch(`${missing.url}/ping`)).status).toBe(404);
    const refusal = await post(`${missing.url}/invocations`, { what: 'early', text: '{"inputs": [[1]]}' });
    expect(refusal).toMatchObject({ status: 503, body: { error_code: 'TEMPORARILY_UNAVAILABLE' } });
    await missing.remove();
  });
});

async function post(url: string, { text, type = 'application/json' }: Body): Promise<Scored> {
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': type }, body: text });
  return { status: answer.status, body: parsed(await answer.text()) };
}

/** Python writes NaN and the infinities; integers must not lose digits on the way through this test either. */
function parsed(text: string): unknown {
  const readable = text.replaceAll(/\b(NaN|Infinity)\b/g, '"$1"').replaceAll('-"Infinity"', '"-Infinity"');
  try {
    return JSON.parse(readable.replaceAll(/([:[,]\s*)(-?\d{16,})(?=\s*[,\]}])/g, '$1"$2"'));
  } catch {
    return text;
  }
}

/** Once MLflow answers these, too, they are bodies like the others. */
function pricesOff(theirs: Scored, ours: Scored, what: string): string | undefined {
  const expected = { predictions: PRICES[what]?.map((price) => ({ price })) };
  return theirs.status === 400 && ours.status === 200 && areAlike(expected, ours.body)
    ? undefined
    : `MLflow ${theirs.status}; ours ${ours.status} ${shown(ours.body)}`;
}

function differenceOf(theirs: Scored, ours: Scored): string | undefined {
  if (ours.status !== theirs.status) {
    return `MLflow ${theirs.status} ${shown(theirs.body)}; ours ${ours.status} ${shown(ours.body)}`;
  }
  if (ours.status !== 200) {
    const error = ours.body as { error_code?: string; message?: string };
    return error.error_code !== undefined && (error.message ?? '') !== ''
      ? undefined
      : `ours is no error: ${shown(ours.body)}`;
  }
  return areAlike(withoutMaps(theirs.body), ours.body)
    ? undefined
    : `MLflow ${shown(theirs.body)}; ours ${shown(ours.body)}`;
}

/** Probabilities by class name: an output that is no tensor, which is left out here. */
function withoutMaps(body: unknown): unknown {
  const { predictions } = body as { predictions: unknown };
  if (!Array.isArray(predictions)) return body;
  const records = predictions as Readonly<Record<string, unknown>>[];
  return {
    predictions: records.map((record) => {
      const { output_probability: map, ...tensors } = record;
      return map === undefined ? record : tensors;
    }),
  };
}

function areAlike(a: unknown, b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number')
    return Math.abs(a - b) <= 1e-5 * Math.max(1, Math.abs(a));
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) =>
    areAlike((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
  );
}

function shown(body: unknown): string {
  return (JSON.stringify(body) ?? 'nothing').slice(0, 300);
}

async function reachable(url: string): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (
      await fetch(url).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${url} never answered`);
}
