/** NO_PERMISSIONS takes back what was granted. MLflow's USE and DENY are for other things than experiments and models. */
export const PERMISSIONS = ['READ', 'EDIT', 'MANAGE', 'NO_PERMISSIONS'] as const;

export type Permission = (typeof PERMISSIONS)[number];
export type ResourceType = 'experiment' | 'registered_model';

/** What the command `users` of the image `mlflow` does, see `tidegate_mlflow/users_request.py` there. */
export type UsersRequest =
  | {
      readonly action: 'create';
      readonly name: string;
      readonly password_hash: string;
      readonly is_admin: boolean;
    }
  | { readonly action: 'list' }
  | {
      readonly action: 'grant';
      readonly name: string;
      readonly type: ResourceType;
      readonly resource: string;
      readonly permission: Permission;
    }
  | { readonly action: 'delete'; readonly name: string };
