import { startOwnPostgres } from './own-postgres';
import { runPython, trackingEnvironment, trainSampleModel } from './python';
import { useTestMlflow } from './use-mlflow';
import { useTestPostgres } from './use-postgres';

const PYTHON_TIMEOUT_MS = 180_000;
const postgres = useTestPostgres();
const mlflow = useTestMlflow();

it('gives every caller an empty database of its own', async () => {
  const [one, other] = [await postgres.createDatabase(), await postgres.createDatabase()];
  expect(new URL(one).pathname).not.toBe(new URL(other).pathname);
});

it(
  'trains the sample model, registers both variants and moves the alias',
  async () => {
    const first = await trainSampleModel(mlflow, { modelName: 'fixture-digits' });
    const second = await trainSampleModel(mlflow, { modelName: 'fixture-digits', variant: 'strong' });
    expect([first.version, second.version]).toEqual(['1', '2']);
    const script = `
import mlflow, numpy
model = mlflow.pyfunc.load_model("models:/fixture-digits@production")
answer = model.predict(numpy.zeros((3, 64), dtype=numpy.float32))
print(model.metadata.run_id, answer["label"].dtype, answer["probabilities"].shape)
`;
    const output = await runPython(script, [], trackingEnvironment(mlflow));
    expect(output.trim()).toBe(`${second.run_id} int64 (3, 10)`);
  },
  PYTHON_TIMEOUT_MS,
);

it('restarts a server of its own on the same address', async () => {
  const own = await startOwnPostgres();
  try {
    await own.createDatabase('kept');
    await own.crash();
    await expect(own.createDatabase('refused')).rejects.toThrow('ECONNREFUSED');
    await own.start();
    await own.createDatabase('back');
  } finally {
    await own.remove();
  }
});
