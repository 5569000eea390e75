import { lookPatiently } from './aws-patience';
import { CommandError } from './command-error';

const named = (name: string, fields: object = {}): Error =>
  Object.assign(new Error('of the test'), { name, ...fields });
const throttled = named('ThrottlingException');
const reset = named('Error', { code: 'ECONNRESET' });
const ill = named('ServerException', { $metadata: { httpStatusCode: 503 } });

/** Fails with each of these, then answers. */
async function look(failures: readonly Error[], patienceMs = 60_000) {
  const left = [...failures];
  const notes: string[] = [];
  let nowMs = 0;
  const answer = lookPatiently(
    () => {
      const failure = left.shift();
      return failure === undefined ? Promise.resolve('answer') : Promise.reject(failure);
    },
    { region: 'eu-west-2', patienceMs, meanwhile: 'The task goes on.' },
    {
      clock: { monotonicMs: () => nowMs },
      sleep: (durationMs) => {
        nowMs += durationMs;
        return Promise.resolve();
      },
      note: (line) => notes.push(line),
    },
  );
  const result = await answer.catch((error: unknown) => error);
  return { result, notes, nowMs };
}

describe('looking patiently', () => {
  it('looks again while AWS is asked too often, cannot be reached or is ill, and says each once', async () => {
    const { result, notes } = await look([throttled, throttled, reset, ill]);

    expect(result).toBe('answer');
    expect(notes).toEqual([
      expect.stringMatching(/^ {2}AWS answers that it was asked too often: of the test\. Trying again …$/),
      expect.stringMatching(
        /^ {2}AWS cannot be reached in region "eu-west-2" \(of the test\)\. Trying again …$/,
      ),
      expect.stringMatching(/^ {2}AWS answered ServerException: of the test\. Trying again …$/),
    ]);
  });

  it('gives up when its time is over, and says what goes on', async () => {
    const { result, nowMs } = await look(Array<Error>(99).fill(throttled), 20_000);

    expect(result).toBeInstanceOf(CommandError);
    expect(String(result)).toMatch(/AWS answers that it was asked too often: .* The task goes on\.$/);
    expect(nowMs).toBe(20_000);
  });

  it.each([
    ['credentials that have ended', 'ExpiredTokenException', 'AWS refuses the credentials'],
    ['a missing right', 'AccessDeniedException', 'The credentials lack a right'],
  ])('ends at once with %s', async (_, name, message) => {
    const { result, notes } = await look([named(name, { $metadata: { httpStatusCode: 400 } })]);

    expect(String(result)).toMatch(new RegExp(`${message}.* The task goes on\\.$`));
    expect(notes).toEqual([]);
  });

  it.each([
    ['what was explained already', new CommandError('There is no service')],
    ['a bug of ours', new TypeError('x is not a function')],
  ])('passes on %s as it is', async (_, failure) => {
    expect((await look([failure])).result).toBe(failure);
  });
});
