import { tableLines } from '../terminal/table';
import type { PermissionRecord, UsersAnswer } from './users-answer';

interface ListedUser {
  readonly user: string;
  readonly isAdmin: boolean;
  readonly permissions: readonly ListedPermission[];
}

interface ListedPermission {
  readonly type: string;
  readonly resource: string;
  /** Of an experiment. */
  readonly resourceName?: string;
  readonly permission: string;
  /** The role it comes from; without one it is the user's own. */
  readonly role?: string;
}

/** What `--json` shows. */
export function listedUsers({
  users,
  permissions,
}: Pick<UsersAnswer, 'users' | 'permissions'>): ListedUser[] {
  return users.map(({ user, is_admin }) => ({
    user,
    isAdmin: is_admin,
    permissions: permissions.filter((one) => one.user === user).map(listedPermission),
  }));
}

function listedPermission({ type, resource, name, permission, role }: PermissionRecord): ListedPermission {
  return {
    ...{ type, resource, permission },
    ...(name !== null && { resourceName: name }),
    ...(role !== null && { role }),
  };
}

/** A line for each permission. */
export function userTable(users: readonly ListedUser[]): string[] {
  const rows = users.flatMap(({ user, isAdmin, permissions }) => {
    if (isAdmin) return [[user, 'everything', 'administrator']];
    if (permissions.length === 0) return [[user, '-', '-']];
    return permissions.map((one) => [user, resourceOf(one), permissionOf(one)]);
  });
  return tableLines(['USER', 'ON', 'PERMISSION'], rows);
}

function resourceOf({ type, resource, resourceName }: ListedPermission): string {
  const kind = type === 'registered_model' ? 'model' : type.replaceAll('_', ' ');
  if (resource === '*') return `every ${kind}`;
  return resourceName === undefined ? `${kind} ${resource}` : `${kind} ${resourceName} (${resource})`;
}

function permissionOf({ permission, role }: ListedPermission): string {
  return role === undefined ? permission : `${permission} (role ${role})`;
}
