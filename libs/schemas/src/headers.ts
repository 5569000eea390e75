/** Header names that travel between the services (lower case, as Node gives them). */
export const REQUEST_ID_HEADER = 'x-request-id';
export const INTERNAL_TOKEN_HEADER = 'x-tidegate-internal-token';
/** Whom a prediction is about, from the caller: `subject` of its event. */
export const SUBJECT_HEADER = 'x-tidegate-subject';
/** Models the caller is limited to, from the gateway; see `encodeAllowedModels`. */
export const ALLOWED_MODELS_HEADER = 'x-tidegate-models';
