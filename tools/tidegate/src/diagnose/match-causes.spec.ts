import { createPaint } from '../terminal/paint';
import { KNOWN_CAUSES } from './causes';
import { BROKEN_PARTS } from './causes/broken-parts.fixtures';
import { START_FAILURES } from './causes/start-failures.fixtures';
import {
  alarm,
  crash,
  factsWith,
  failedToStart,
  NOW,
  stoppedTask,
  target,
  type Differences,
} from './diagnosis-fixtures';
import { diagnosisLines } from './diagnosis-text';
import { diagnose, isFinding } from './match-causes';

const RECOGNISED = [...START_FAILURES, ...BROKEN_PARTS];
const causesOf = (differences: Differences) => diagnose(factsWith(differences)).causes.map(({ id }) => id);

describe('a diagnosis', () => {
  it.each(RECOGNISED.map(([cause, seen], index) => [cause, index, seen] as const))(
    'recognises %s (%i)',
    (cause, _index, seen) => {
      const diagnosis = diagnose(factsWith(seen));

      expect(diagnosis.causes[0]?.id).toBe(cause);
      expect(isFinding(diagnosis)).toBe(true);
      // Nothing else is blamed that has not been seen: symptoms aside, what was seen has one cause.
      const others = diagnosis.causes.slice(1).map(({ id }) => id);
      const symptoms = KNOWN_CAUSES.filter(({ isSymptom }) => isSymptom).map(({ id }) => id);
      expect(others.filter((id) => !symptoms.includes(id))).toEqual([]);
    },
  );

  it('has an example of every cause, a remedy for each, and every id once', () => {
    const ids = KNOWN_CAUSES.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !RECOGNISED.some(([cause]) => cause === id))).toEqual([]);
    expect(KNOWN_CAUSES.filter(({ remedy }) => remedy.length === 0)).toEqual([]);
  });

  it('finds nothing on a healthy service, whose deployments stop tasks', () => {
    const reason = 'Scaling activity initiated by deployment ecs-svc/2463512098347561029';
    const diagnosis = diagnose(
      factsWith({
        stopped: [
          stoppedTask({
            stopCode: 'ServiceSchedulerInitiated',
            stoppedReason: reason,
            containers: [{ exitCode: 0 }],
          }),
          stoppedTask({ stopCode: 'UserInitiated', stoppedReason: 'tidegate stop-task' }),
        ],
        events: [
          '(service api) has reached a steady state.',
          '(service api) has started 1 tasks: (task 0b69).',
        ],
        logs: ['{"level":"info","msg":"0 errors, no timeout"}'],
      }),
    );

    expect(diagnosis).toMatchObject({ state: 'healthy', causes: [], consequences: [], unexplained: [] });
    expect(isFinding(diagnosis)).toBe(false);
  });

  it('names the cause first and what follows from it apart', () => {
    const { causes, consequences } = diagnose(
      factsWith({
        service: { runningCount: 0 },
        stopped: [crash(1)],
        logs: ['The database cannot be used: FATAL:  password authentication failed for user "mlflow"'],
        targets: [target('unhealthy', 'Target.FailedHealthChecks', 'Health checks failed')],
        events: ['(service api) is unable to consistently start tasks successfully.'],
      }),
    );

    expect(causes.map(({ id }) => id)).toEqual(['database-login-refused']);
    expect(consequences.map(({ id }) => id)).toEqual([
      'database-away',
      'target-unreachable',
      'crash-loop',
      'essential-container-exited',
    ]);
  });

  it('fills environment, service and region into the remedy', () => {
    const [cause] = diagnose(factsWith({ stopped: [crash(137, 'OutOfMemoryError')] })).causes;
    expect(cause?.remedy[0]).toBe(
      'Give it more: tasks.sizes.api.memoryMib in infra/aws/src/environments/dev.ts, then deploy dev-services.',
    );
    const everything = KNOWN_CAUSES.flatMap(({ title, remedy }) => [title, ...remedy]).join(' ');
    expect([...new Set(everything.match(/\{\w+\}/g))].sort()).toEqual([
      '{env}',
      '{prefix}',
      '{region}',
      '{service}',
    ]);
  });

  const failures = (count: number): string[] =>
    Array.from({ length: count }, (_, index) =>
      JSON.stringify({
        level: index % 2 === 0 ? 'error' : 'warn',
        time: `2026-11-25T11:59:${10 + index}.000Z`,
        requestId: `r-${index}`,
        status: 502,
        durationMs: 30 + index / 10,
        msg: 'request failed',
      }),
    );

  it('takes errors that the log repeats for trouble, though everything runs', () => {
    const diagnosis = diagnose(factsWith({ logs: failures(40) }));

    expect(diagnosis).toMatchObject({ state: 'healthy', causes: [], consequences: [] });
    expect(isFinding(diagnosis)).toBe(true);
    expect(diagnosis.unexplained).toMatchObject([{ count: 20 }, { count: 20 }]);
    const lines = diagnosisLines('tidegate-dev api', diagnosis, NOW.getTime(), createPaint(false));
    expect(lines).toContain('NOT RECOGNISED  No known cause fits what was seen.');
    expect(lines.join('\n')).toContain('(20 times, last ');
  });

  it('takes a few errors, and warnings, for none', () => {
    const warnings = Array.from({ length: 40 }, (_, index) =>
      JSON.stringify({ level: 'warn', attempt: index, msg: 'a connection was refused' }),
    );
    for (const logs of [failures(4), warnings]) expect(isFinding(diagnose(factsWith({ logs })))).toBe(false);
  });

  it('takes an alarm for trouble, also one that no cause explains', () => {
    const diagnosis = diagnose(
      factsWith({
        alarms: [alarm('api-cpu', 'The tasks of api use more than 85 % of their cpu.', 'Threshold Crossed')],
      }),
    );

    expect(diagnosis.causes).toEqual([]);
    expect(isFinding(diagnosis)).toBe(true);
    const lines = diagnosisLines('tidegate-dev api', diagnosis, NOW.getTime(), createPaint(false));
    expect(lines).toContain(
      '    alarm (2m ago): tidegate-dev-api-cpu: The tasks of api use more than 85 % of their cpu. Threshold Crossed',
    );
  });

  it('says what is not recognised, with the evidence', () => {
    const reason = 'CannotCreateVolumeError: Get http://169.254.170.2: EFS utils command failed';
    const diagnosis = diagnose(
      factsWith({
        service: { runningCount: 0, desiredCount: 1 },
        tasks: [],
        stopped: [failedToStart(reason)],
      }),
    );

    expect(diagnosis).toMatchObject({ state: 'unhealthy', causes: [], consequences: [] });
    expect(diagnosis.unexplained).toMatchObject([
      { source: 'stopped task', text: `TaskFailedToStart: ${reason}`, count: 1 },
    ]);
    const lines = diagnosisLines('tidegate-dev api', diagnosis, NOW.getTime(), createPaint(false));
    expect(lines).toContain('NOT RECOGNISED  No known cause fits what was seen.');
    expect(lines).toContain(
      `    stopped task 0b69d5c0d6554c0b8a1d1d5f4e9a7f11 (60s ago): TaskFailedToStart: ${reason}`,
    );
  });

  it('counts what is the same but for ids, and never repeats a password of a setting', () => {
    const tasks = ['aaaaaaaa11112222', 'bbbbbbbb33334444'].map((id) => ({
      ...crash(1),
      taskArn: `arn:aws:ecs:eu-west-2:1:task/tidegate-dev/${id}`,
    }));
    const url = 'postgresql://api:hunter2@db:5432:5432/api_db';
    const diagnosis = diagnose(factsWith({ stopped: tasks, settings: { DATABASE_URL: url } }));

    expect(JSON.stringify(diagnosis)).not.toContain('hunter2');
    expect(
      diagnosis.consequences.find(({ id }) => id === 'essential-container-exited')?.evidence,
    ).toMatchObject([{ count: 2 }]);
  });

  it('says what could not be looked at, and goes on without it', () => {
    const facts = {
      ...factsWith({ stopped: [crash(137, 'OutOfMemoryError')] }),
      logs: { unchecked: 'The credentials lack a right: logs:FilterLogEvents' },
    };
    const diagnosis = diagnose(facts);

    expect(diagnosis.causes.map(({ id }) => id)).toEqual(['out-of-memory']);
    expect(diagnosis.unchecked).toEqual(['logs: The credentials lack a right: logs:FilterLogEvents']);
  });

  it('does not take endpoints for a missing way out', () => {
    const endpoints = ['ecr.api', 'ecr.dkr', 'logs', 'secretsmanager'].map(
      (name) => `com.amazonaws.eu-west-2.${name}`,
    );
    const routeTables = [{ RouteTableId: 'rtb-0a1', Associations: [{ Main: true }], Routes: [] }];
    expect(causesOf({ network: { endpoints, routeTables } })).toEqual([]);
  });
});
