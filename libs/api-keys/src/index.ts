export { generateApiKey, isKeyId, parseApiKey, type ApiKey, type GenerateOptions } from './api-key';
export { PepperRing, type KeyHash } from './pepper-ring';
export { presentedKey } from './presented-key';
export { missingScope, SCOPES, type Scope } from './scopes';
