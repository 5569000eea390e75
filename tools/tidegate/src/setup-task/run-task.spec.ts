import type { ECSClient, Task } from '@aws-sdk/client-ecs';
import { waitUntilStopped } from './run-task';

const ARN = 'arn:aws:ecs:eu-west-2:123456789012:task/tidegate-dev/0b69';
const installation = { environment: 'dev', prefix: 'tidegate-dev', region: 'eu-west-2' };

/** ECS gives these answers, the last one again and again; a poll takes a minute. */
async function wait(...answers: readonly (Task | Error)[]) {
  const left = [...answers];
  const told: string[] = [];
  const notes: string[] = [];
  let nowMs = 0;
  const ecs = {
    send: () => {
      const answer = left.length > 1 ? left.shift() : left[0];
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve({ tasks: [answer] });
    },
  } as unknown as ECSClient;
  const end = waitUntilStopped(
    ecs,
    installation,
    ARN,
    {
      clock: { monotonicMs: () => nowMs },
      sleep: () => {
        nowMs += 60_000;
        return Promise.resolve();
      },
      note: (line) => notes.push(line),
      pollMs: 5_000,
      timeoutMs: 600_000,
      whenUnseen: 'Look at its log.',
    },
    (status) => told.push(status),
  );
  const result = await end.catch((error: unknown) => String(error));
  return { result, told, notes };
}

const running: Task = { taskArn: ARN, lastStatus: 'RUNNING' };
const stopped: Task = { taskArn: ARN, lastStatus: 'STOPPED' };
const failure = (name: string): Error => Object.assign(new Error('of the test'), { name });

describe('waiting for the end of a task', () => {
  it('tells each status once, and puts up with failures of AWS that pass', async () => {
    const { result, told, notes } = await wait(running, running, failure('ThrottlingException'), stopped);

    expect(result).toEqual(stopped);
    expect(told).toEqual(['RUNNING', 'STOPPED']);
    expect(notes).toEqual(['  AWS answers that it was asked too often: of the test. Trying again …']);
  });

  it('says what goes on and what to do when its end is not seen', async () => {
    expect((await wait(running)).result).toBe(
      `CommandError: The task ${ARN} is RUNNING after 10 minutes. It goes on without this command. Look at its log.`,
    );
    expect((await wait(running, failure('ExpiredTokenException'))).result).toMatch(
      /AWS refuses the credentials: .* The task arn:\S+ goes on without this command\. Look at its log\.$/,
    );
  });
});
