import { answerOf, hasOutcome } from './users-answer';
import { listedUsers, userTable } from './user-table';

const lines = [
  'INFO  [alembic.runtime.migration] Will assume transactional DDL.',
  '{"not":"ours"}',
  '{broken',
  '{"record": "user", "user": "admin", "is_admin": true}',
  '{"record": "user", "user": "ann", "is_admin": false}',
  '{"record": "permission", "user": "ann", "type": "experiment", "resource": "3", "name": "fraud", "permission": "READ", "role": null}',
  '{"record": "permission", "user": "ann", "type": "registered_model", "resource": "*", "name": null, "permission": "EDIT", "role": "team"}',
  '{"record": "user", "user": "bob", "is_admin": false}',
];
const listed = '{"record": "outcome", "code": "listed"}';
const failed =
  '{"record": "outcome", "code": "failed", "reason": "NO_SUCH_USER", "message": "There is none."}';
const description = 'It ended with something.';

describe('what the program for users wrote', () => {
  it('is read among the lines of others', () => {
    const answer = answerOf({ exitCode: 0, lines: [...lines, listed], description });
    expect(userTable(listedUsers(answer))).toEqual([
      'USER   ON                    PERMISSION',
      'admin  everything            administrator',
      'ann    experiment fraud (3)  READ',
      'ann    every model           EDIT (role team)',
      'bob    -                     -',
    ]);
    expect(listedUsers(answer)[1]?.permissions).toEqual([
      { type: 'experiment', resource: '3', resourceName: 'fraud', permission: 'READ' },
      { type: 'registered_model', resource: '*', permission: 'EDIT', role: 'team' },
    ]);
  });

  it('says why it was not done', () => {
    expect(() => answerOf({ exitCode: 1, lines: [...lines, failed], description })).toThrow('There is none.');
  });

  it.each([
    ['an exit code of a failure', 137, [...lines, listed]],
    ['no outcome', 0, lines],
    ['no exit code', undefined, []],
  ])('is no answer with %s', (_, exitCode, written) => {
    expect(() => answerOf({ exitCode, lines: written, description })).toThrow(description);
  });

  it('shows the last lines when there is no answer', () => {
    expect(() => answerOf({ exitCode: 1, lines: ['MLFLOW_DB_HOST is not set.'], description })).toThrow(
      'It ended with something. Its last lines:\n  | MLFLOW_DB_HOST is not set.',
    );
  });

  it('is complete with its outcome', () => {
    expect(hasOutcome(lines)).toBe(false);
    expect(hasOutcome([...lines, failed])).toBe(true);
  });
});
