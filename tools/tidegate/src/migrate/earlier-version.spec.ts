import { findEarlier } from './earlier-version';
import { SOURCE_VERSION } from './migration-tags';
import { modelVersionSchema } from './mlflow-records';

const version = (number: string, source: string, tags: Readonly<Record<string, string>> = {}) => ({
  ...modelVersionSchema.parse({
    name: 'digits',
    version: number,
    source,
    tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
  }),
  storage_uri: '',
});
const copy = (number: string, source: string) => version(number, source, { [SOURCE_VERSION]: '1' });
const prompt = (number: string, text: string, mark: Readonly<Record<string, string>> = {}) =>
  version(number, 'prompt-template', {
    'mlflow.prompt.is_prompt': 'true',
    'mlflow.prompt.text': text,
    ...mark,
  });

describe('the version that an earlier import made', () => {
  it('is of the same files, not only of the same number on some old server', () => {
    const ofAnotherServer = copy('1', 'runs:/theirs/model');
    const ours = copy('2', 'runs:/new/model');
    const source = { source: 'runs:/new/model' };
    const old = version('1', 'runs:/old/model');
    expect(findEarlier([ofAnotherServer, ours], old, source)).toBe(ours);
    expect(findEarlier([ofAnotherServer], old, source)).toBeUndefined();
    expect(findEarlier([version('1', 'runs:/new/model')], old, source)).toBeUndefined();
  });

  it('is of the same text for a prompt', () => {
    const mark = { [SOURCE_VERSION]: '1' };
    const others = [prompt('1', 'Hi', mark), prompt('2', 'Hello', mark)];
    expect(findEarlier(others, prompt('1', 'Hello'), { source: 'prompt-template' })).toBe(others[1]);
  });
});
