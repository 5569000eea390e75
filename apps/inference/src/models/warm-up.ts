import type { Clock } from '@tidegate/clock';
import type { LoadedEngine, ModelFolder } from '../engine/model-engine';
import { joinParts } from '../execution/batch';
import { layoutOf } from '../tensors/row-layout';
import type { Tensors } from '../tensors/tensor';
import { exampleRowsOf, type ExampleRows } from './example-rows';
import { ModelProblem } from './model-problem';

/** The first runs allocate and are slow: the best of these says what a run costs. */
const RUNS = 5;
/** Of a slow model two are enough. */
const LONGEST_MEASUREMENT_MS = 500;
/** Rows of the run that says what a batch costs. */
export const MANY_ROWS = 64;
/** For slower models nobody wants to know what {@link MANY_ROWS} cost, and it would take long. */
const LONGEST_RUN_FOR_MANY_MS = 1;

/** What running a model a few times tells. */
export interface ModelProbe {
  /** Duration of a run of one row; undefined when no input to try it with is known. */
  readonly runMs: number | undefined;
  /** Duration of a run of {@link MANY_ROWS} rows, when rows run together and one is quick. */
  readonly manyRowsMs: number | undefined;
  /** Two rows gave two rows, as far as is known: otherwise each instance is a run of its own. */
  readonly givesRowPerRow: boolean;
  /** Rows gave together what each gave alone: those of several requests may run together. */
  readonly areRowsIndependent: boolean;
}

/** Nothing could be tried: the model is taken by its word, but requests are kept apart. */
const UNKNOWN: ModelProbe = {
  runMs: undefined,
  manyRowsMs: undefined,
  givesRowPerRow: true,
  areRowsIndependent: false,
};

/**
 * Runs one row, and two different ones together. Rejects when the model fails on its own input example, or on zeros of
 * the very shape it asks for: such a version must not be served.
 */
export async function probeModel(
  engine: LoadedEngine,
  folder: ModelFolder,
  clock: Clock,
): Promise<ModelProbe> {
  const rows = await exampleRowsOf(engine.metadata, folder);
  let runMs: number;
  try {
    runMs = await bestOf(RUNS, engine, rows.first, clock);
  } catch (cause) {
    if (rows.isGuess) return UNKNOWN;
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new ModelProblem('MODEL_INVALID', `The model loads but fails on its first run: ${said}`, cause);
  }
  const isStacked = layoutOf(engine.metadata).isStacked;
  const { givesRowPerRow, areRowsIndependent } = isStacked ? await compareRows(engine, rows) : UNKNOWN;
  const isQuick = areRowsIndependent && runMs <= LONGEST_RUN_FOR_MANY_MS;
  const many = { inputs: rows.first, rows: 1 };
  const manyRowsMs = isQuick
    ? await bestOf(2, engine, joinParts(new Array<typeof many>(MANY_ROWS).fill(many), MANY_ROWS), clock)
    : undefined;
  return { runMs, manyRowsMs, givesRowPerRow, areRowsIndependent };
}

async function bestOf(runs: number, engine: LoadedEngine, inputs: Tensors, clock: Clock): Promise<number> {
  let bestMs = Infinity;
  const firstMs = clock.monotonicMs();
  for (let run = 0; run < runs; run += 1) {
    const startedMs = clock.monotonicMs();
    if (run > 1 && startedMs - firstMs > LONGEST_MEASUREMENT_MS) break;
    await engine.run(inputs);
    bestMs = Math.min(bestMs, clock.monotonicMs() - startedMs);
  }
  return bestMs;
}

/**
 * Different rows, because equal ones come out equal of a model that mixes rows (one that centres a column, say). A graph
 * may say that it takes any number of rows and fail on two: it takes one.
 */
async function compareRows(
  engine: LoadedEngine,
  { first, others }: ExampleRows,
): Promise<Pick<ModelProbe, 'givesRowPerRow' | 'areRowsIndependent'>> {
  const alone = await engine.run(first);
  let second = first;
  let secondAlone = alone;
  for (const other of others) {
    const outputs = await orUndefined(engine.run(other));
    if (outputs === undefined) continue;
    [second, secondAlone] = [other, outputs];
    break;
  }
  const parts = [first, second].map((inputs) => ({ inputs, rows: 1 }));
  const both = await orUndefined(engine.run(joinParts(parts, 2)));
  if (both === undefined || !hasRowPerRow(alone, both)) {
    return { givesRowPerRow: false, areRowsIndependent: false };
  }
  return { givesRowPerRow: true, areRowsIndependent: isConcatenation(both, alone, secondAlone) };
}

/** A model that fails on other inputs than its example is no bad model. */
function orUndefined(outputs: Promise<Tensors>): Promise<Tensors | undefined> {
  return outputs.catch(() => undefined);
}

function hasRowPerRow(alone: Tensors, both: Tensors): boolean {
  return Object.entries(alone).every(([name, { data, dims }]) => {
    const twice = both[name];
    return dims[0] === 1 && twice?.dims[0] === 2 && twice.data.length === 2 * data.length;
  });
}

function isConcatenation(both: Tensors, first: Tensors, second: Tensors): boolean {
  return Object.entries(both).every(([name, { data }]) => {
    const expected = [...(first[name]?.data ?? []), ...(second[name]?.data ?? [])];
    return expected.length === data.length && expected.every((value, index) => areClose(value, data[index]));
  });
}

/** Runtimes add up in another order for another number of rows. */
const TOLERANCE = 1e-4;

function areClose(a: unknown, b: unknown): boolean {
  if (typeof a !== 'number' || typeof b !== 'number') return a === b;
  return Object.is(a, b) || Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(a), Math.abs(b));
}
