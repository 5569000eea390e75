import type { ImportContext } from './import-context';
import { SOURCE_RUN } from './migration-tags';
import { experimentSchema, runSchema, type ExperimentRecord } from './mlflow-records';
import { takeRenamed } from './renamed-experiment';

const source = experimentSchema.parse({ experiment_id: '1', name: 'figures' });
const run = (id: string, from?: string) =>
  runSchema.parse({
    info: { run_id: id, experiment_id: '7' },
    data: { tags: from === undefined ? [] : [{ key: SOURCE_RUN, value: from }] },
  });

/** A target with one experiment that is marked as a copy of number 1, of whatever server. */
function contextWith(candidate: ExperimentRecord, copyOf: string | undefined) {
  const calls: unknown[] = [];
  const context = {
    folder: {
      *experimentLines() {
        yield { kind: 'run', run: run('old') };
      },
    },
    reader: {
      *experiments() {
        yield candidate;
      },
      *runs() {
        yield run('new', copyOf);
      },
    },
    writer: {
      restoreExperiment: (...args: unknown[]) => void calls.push(['restore', ...args]),
      renameExperiment: (...args: unknown[]) => void calls.push(['rename', ...args]),
    },
  };
  return { context: context as unknown as ImportContext, calls };
}

describe('an experiment that was renamed on the old server after an earlier import', () => {
  const candidate = experimentSchema.parse({ experiment_id: '7', name: 'digits' });

  it('gets its new name', async () => {
    const { context, calls } = contextWith(candidate, 'old');
    expect(await takeRenamed(context, source)).toMatchObject({ experiment_id: '7', name: 'figures' });
    expect(calls).toEqual([['rename', '7', 'figures']]);
  });

  it('is restored first, as MLflow renames no deleted one', async () => {
    const { context, calls } = contextWith({ ...candidate, lifecycle_stage: 'deleted' }, 'old');
    expect(await takeRenamed(context, source)).toMatchObject({ lifecycle_stage: 'active' });
    expect(calls).toEqual([
      ['restore', '7'],
      ['rename', '7', 'figures'],
    ]);
  });

  it.each([['another-run'], [undefined]])('is not one of the same number with runs of %s', async (copyOf) => {
    const { context, calls } = contextWith(candidate, copyOf);
    expect(await takeRenamed(context, source)).toBeUndefined();
    expect(calls).toEqual([]);
  });
});
