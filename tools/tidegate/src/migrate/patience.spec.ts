import { MlflowError } from '@tidegate/mlflow-client';
import { patiently } from './patience';

const failing = (failures: readonly Error[]) => {
  const left = [...failures];
  return jest.fn(() => {
    const failure = left.shift();
    return failure ? Promise.reject(failure) : Promise.resolve('done');
  });
};
const refused = (httpStatus: number) => new MlflowError('MLFLOW_SERVER_ERROR', 'refused.', { httpStatus });
const unheard = new MlflowError('MLFLOW_UNREACHABLE', 'no answer.', { step: 'http' });

describe('patience', () => {
  const pauses: number[] = [];
  const waitMs = (ms: number): Promise<number> => Promise.resolve(pauses.push(ms));
  beforeEach(() => pauses.splice(0));

  it('waits longer each time, and gives up with the last failure', async () => {
    const call = failing(Array.from({ length: 9 }, () => unheard));
    await expect(patiently(call, { canRepeat: true, waitMs })).rejects.toBe(unheard);
    expect(pauses).toEqual([250, 1_000, 4_000, 15_000]);
    expect(call).toHaveBeenCalledTimes(5);
  });

  it('repeats what makes something new only when it was turned away', async () => {
    const turnedAway = failing([refused(429), refused(503)]);
    await expect(patiently(turnedAway, { canRepeat: false, waitMs })).resolves.toBe('done');
    const lost = failing([unheard]);
    await expect(patiently(lost, { canRepeat: false, waitMs })).rejects.toBe(unheard);
    expect(lost).toHaveBeenCalledTimes(1);
    const stopping = new MlflowError('MLFLOW_SERVER_ERROR', 'stopping.', {
      ...{ httpStatus: 503, errorCode: 'STOPPING' },
    });
    const passedOn = failing([stopping]);
    await expect(patiently(passedOn, { canRepeat: false, waitMs })).rejects.toBe(stopping);
    await expect(patiently(failing([stopping]), { canRepeat: true, waitMs })).resolves.toBe('done');
  });

  it('does not repeat what will fail again', async () => {
    const wrong = failing([new MlflowError('MLFLOW_BAD_REQUEST', 'wrong.', { httpStatus: 400 })]);
    await expect(patiently(wrong, { canRepeat: true, waitMs })).rejects.toThrow('wrong.');
    expect(pauses).toEqual([]);
  });
});
