import { z } from 'zod';

/** A key as `/api/keys` shows it: everything but the key and its hash. Times are ISO 8601. */
export const apiKeySchema = z.object({
  id: z.string(),
  owner: z.string(),
  scopes: z.array(z.string()),
  /** Registered models it is limited to; null: all. */
  models: z.array(z.string()).nullable(),
  /** Where it may be used from; null: anywhere. */
  allowed_cidrs: z.array(z.string()).nullable(),
  rate_class: z.string(),
  /** Id of the key that made it; `secret` or `bootstrap` for one that was given by secret. */
  created_by: z.string(),
  created_at: z.string(),
  expires_at: z.string().nullable(),
  revoked_at: z.string().nullable(),
  /** Up to half a minute late. */
  last_used_at: z.string().nullable(),
  /** Id of the key a rotation made of it. */
  replaced_by: z.string().nullable(),
});

/** Answer to creating or rotating: the only time `key` is shown. */
export const newApiKeySchema = apiKeySchema.extend({ key: z.string() });

/** One page, the newest key first. `next` is the `after` of the next page; null on the last one. */
export const apiKeyPageSchema = z.object({ keys: z.array(apiKeySchema), next: z.string().nullable() });

export type ApiKeyView = z.infer<typeof apiKeySchema>;
export type NewApiKeyView = z.infer<typeof newApiKeySchema>;
export type ApiKeyPage = z.infer<typeof apiKeyPageSchema>;
