import { SCOPES } from '@tidegate/api-keys';
import { NetworkError, Networks } from '@tidegate/ip-networks';
import { z } from 'zod';

const MAX_LIST = 100;
const MAX_DAYS = 3_650;
const DAY_SECONDS = 86_400;
const MAX_OVERLAP_SECONDS = 30 * DAY_SECONDS;

/** PostgreSQL takes no U+0000, and nobody wants to read the other control characters in a list. */
function name(maxLength: number): z.ZodType<string> {
  const expected = `expected 1 to ${maxLength} characters, none of them control characters`;
  return z
    .string({ error: expected })
    .trim()
    .regex(new RegExp(`^\\P{Cc}{1,${maxLength}}$`, 'u'), expected);
}

function distinct<T extends string>(item: z.ZodType<T>): z.ZodType<T[]> {
  const expected = `expected 1 to ${MAX_LIST} of them`;
  return z
    .array(item, { error: 'expected a list' })
    .min(1, expected)
    .max(MAX_LIST, expected)
    .transform((items) => [...new Set(items)]);
}

const network = z.string({ error: 'expected a text' }).superRefine((text, context) => {
  try {
    Networks.parse([text]);
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    context.addIssue(error.message);
  }
});

/** Names a rate class: it stands in headers and settings. */
export const rateClassName = z
  .string({ error: 'expected a text' })
  .regex(/^[a-z][a-z0-9-]{0,31}$/, 'expected a name of at most 32 lower-case letters, digits and hyphens');

/** What a key is for, whoever makes it. Left out, `models` and `allowed_cidrs` limit nothing. */
export const keyLimitFields = {
  scopes: distinct(z.enum(SCOPES, { error: `expected one of ${SCOPES.join(', ')}` })),
  models: distinct(name(256)).optional(),
  allowed_cidrs: distinct(network).optional(),
  rate_class: rateClassName.optional(),
};

const expiryFields = {
  expires_at: z.iso
    .datetime({ offset: true, error: 'expected ISO 8601 with zone, as 2026-01-31T12:00:00Z' })
    .optional(),
  expires_in_days: z
    .int({ error: 'expected a whole number' })
    .min(1, `expected 1 to ${MAX_DAYS}`)
    .max(MAX_DAYS, `expected 1 to ${MAX_DAYS}`)
    .optional(),
};

function namesOneExpiry(body: { expires_at?: string; expires_in_days?: number }): boolean {
  return body.expires_at === undefined || body.expires_in_days === undefined;
}
const ONE_EXPIRY = {
  error: 'expected only one of expires_at and expires_in_days',
  path: ['expires_at'],
  // Also when other fields are wrong: every problem is named at once.
  when: ({ value }: { value: unknown }): boolean => typeof value === 'object' && value !== null,
};

/** Body of `POST /api/keys`. Without an expiry the key is valid until it is revoked. */
export const createKeySchema = z
  .strictObject({ owner: name(64), ...keyLimitFields, ...expiryFields })
  .refine(namesOneExpiry, ONE_EXPIRY);

/** Body of `POST /api/keys/:id/rotate`. Without an expiry the new key has the one of the old key. */
export const rotateKeySchema = z
  .strictObject({
    /** How long the old key stays valid; 0 ends it at once. */
    overlap_seconds: z
      .int({ error: 'expected a whole number' })
      .min(0, `expected 0 to ${MAX_OVERLAP_SECONDS}`)
      .max(MAX_OVERLAP_SECONDS, `expected 0 to ${MAX_OVERLAP_SECONDS}`)
      .default(DAY_SECONDS),
    ...expiryFields,
  })
  .refine(namesOneExpiry, ONE_EXPIRY);

const MAX_PAGE = 1_000;
const LIMIT_EXPECTED = `expected a whole number from 1 to ${MAX_PAGE}`;

/** Query of `GET /api/keys`. */
export const listKeysSchema = z.strictObject({
  owner: name(64).optional(),
  /** `true`: without those that are revoked or expired. */
  active: z
    .enum(['true', 'false'], { error: 'expected true or false' })
    .transform((text) => text === 'true')
    .optional(),
  limit: z
    .string({ error: LIMIT_EXPECTED })
    .regex(/^\d{1,4}$/, LIMIT_EXPECTED)
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= MAX_PAGE, LIMIT_EXPECTED)
    .default(100),
  /** The `next` of an earlier page. */
  after: z
    .string({ error: 'expected the next of an earlier page' })
    .regex(/^[0-9A-Za-z]{12}$/, 'expected the next of an earlier page')
    .optional(),
});

export type CreateKeyBody = z.infer<typeof createKeySchema>;
export type RotateKeyBody = z.infer<typeof rotateKeySchema>;
export type ListKeysQuery = z.infer<typeof listKeysSchema>;
