/** Header names that travel between the services (lower case, as Node gives them). */
export const REQUEST_ID_HEADER = 'x-request-id';
export const INTERNAL_TOKEN_HEADER = 'x-tidegate-internal-token';
