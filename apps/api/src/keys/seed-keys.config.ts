import { parseApiKey } from '@tidegate/api-keys';
import { json } from '@tidegate/config';
import { keyLimitFields } from '@tidegate/schemas';
import { z } from 'zod';

const keyText = z
  .string()
  .refine((text) => parseApiKey(text) !== undefined, 'expected a key as tg_<env>_<id>_<secret>_<checksum>');

const seedKeySchema = z.object({
  name: z.string().min(1).max(64),
  key: keyText,
  ...keyLimitFields,
});

/** A key that is given to the api from outside, by a secret, instead of being made by it. */
export type SeedKey = z.infer<typeof seedKeySchema>;

/** JSON list of the keys of other services. */
export const seedKeysValue = json(z.array(seedKeySchema));

/** The one key that may create the first keys. */
export const bootstrapKeyValue = keyText;
