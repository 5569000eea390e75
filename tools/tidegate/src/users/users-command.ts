import type { Clock } from '@tidegate/clock';
import { confirmChange } from '../changes/confirm-change';
import { CommandError } from '../command-error';
import { givenPassword, hashOf, newPassword, type RandomBytes } from './password';
import { runInVpc } from './run-in-vpc';
import { runLocally } from './run-locally';
import { answerOf, type UsersAnswer } from './users-answer';
import {
  USERS_HELP,
  type CreateUser,
  type DeleteUser,
  type GrantPermission,
  type ListUsers,
  type UsersCommand,
  type UsersOptions,
} from './users-command-line';
import type { UsersRequest } from './users-request';
import { listedUsers, userTable } from './user-table';

export interface UsersContext {
  readonly workspaceRoot: string;
  /** Where this program's own files are. */
  readonly programRoot: string;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  /** All of standard input; undefined where a person would have to type it, for all to see. */
  readonly readInput?: () => Promise<string>;
  /** To standard output. */
  readonly print: (line: string) => void;
  /** For people only, to standard error: what is printed can be captured. */
  readonly note: (line: string) => void;
  /** Undefined where nobody is there to answer. */
  readonly ask?: (question: string) => Promise<string>;
}

/**
 * `tidegate users …`
 *
 * @throws CommandError when it was not done
 */
export async function users(command: UsersCommand, context: UsersContext): Promise<void> {
  switch (command.name) {
    case 'users help':
      return context.print(USERS_HELP);
    case 'users create':
      return createUser(command, context);
    case 'users list':
      return listUsers(command, context);
    case 'users grant':
      return grantPermission(command, context);
    case 'users delete':
      return deleteUser(command, context);
  }
}

async function createUser(command: CreateUser, context: UsersContext): Promise<void> {
  const { user, isAdmin, isJson, readsPassword } = command;
  const { print, note, randomBytes } = context;
  const password = readsPassword ? await passwordFromInput(context) : newPassword(randomBytes);
  // Only the hash goes on from here: into the task, where it can be looked up.
  const password_hash = await hashOf(password, randomBytes);
  await run(command, { action: 'create', name: user, password_hash, is_admin: isAdmin }, context);
  if (isJson) print(JSON.stringify({ user, isAdmin, ...(!readsPassword && { password }) }, null, 2));
  else {
    note(
      isAdmin
        ? `${user} is made, and may do everything.`
        : `${user} is made, and sees nothing until it is granted: "tidegate users grant ${targetOf(command)} ${user} experiment <name> READ".`,
    );
    if (!readsPassword) print(password);
  }
  if (!readsPassword) note('This is the only time the password is shown: put it where it is kept, now.');
}

async function passwordFromInput({ readInput }: UsersContext): Promise<string> {
  if (readInput === undefined)
    throw new CommandError(
      'What is typed at a terminal can be read over your shoulder: expected the password from a file or a program, as in "… --password-stdin < password.txt".',
    );
  return givenPassword(await readInput());
}

async function listUsers(command: ListUsers, context: UsersContext): Promise<void> {
  const listed = listedUsers(await run(command, { action: 'list' }, context));
  if (command.isJson) context.print(JSON.stringify(listed, null, 2));
  else for (const line of userTable(listed)) context.print(line);
}

async function grantPermission(command: GrantPermission, context: UsersContext): Promise<void> {
  const { user, type, resource, permission, isJson } = command;
  const request = { action: 'grant', name: user, type, resource, permission } as const;
  const { outcome } = await run(command, request, context);
  if (outcome.code !== 'granted') throw new CommandError('The program answered something else. Try again.');
  const { resource: key, name, is_admin } = outcome;
  if (isJson)
    return context.print(
      JSON.stringify({ user, type, resource: key, resourceName: name, permission }, null, 2),
    );
  const what = type === 'experiment' ? `experiment ${name} (${key})` : `model ${name}`;
  context.print(
    permission === 'NO_PERMISSIONS'
      ? `${user}: nothing is granted on ${what} any more`
      : `${user}: ${permission} on ${what}`,
  );
  if (is_admin) context.note(`${user} is an administrator, who may do everything anyway.`);
}

async function deleteUser(command: DeleteUser, context: UsersContext): Promise<void> {
  const { user, isConfirmed, isJson } = command;
  const plan = [
    `The user ${user} of ${targetOf(command)} is deleted, with all that was granted to it. What it logged stays.`,
  ];
  await confirmChange(plan, isConfirmed, context);
  await run(command, { action: 'delete', name: user }, context);
  if (isJson) context.print(JSON.stringify({ user, isDeleted: true }, null, 2));
  else context.print(`${user} is deleted`);
  context.note('MLflow may accept a login that it has just checked for 60 seconds more.');
}

async function run(
  { installation }: UsersOptions,
  request: UsersRequest,
  context: UsersContext,
): Promise<UsersAnswer> {
  return answerOf(
    installation === undefined
      ? await runLocally(request, context)
      : await runInVpc(installation, request, context),
  );
}

function targetOf({ installation }: UsersOptions): string {
  return installation?.environment ?? '--local';
}
