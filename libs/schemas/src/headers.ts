/** Header names that travel between the services (lower case, as Node gives them). */
export const REQUEST_ID_HEADER = 'x-request-id';
export const INTERNAL_TOKEN_HEADER = 'x-tidegate-internal-token';
/** Models the caller is limited to, from the gateway; see `encodeAllowedModels`. */
export const ALLOWED_MODELS_HEADER = 'x-tidegate-models';
