export { ApiDocsModule } from './api-docs.module';
export type { DocumentedAccess, DocumentedApi, DocumentedTag, ErrorShape } from './documented-api';
export { pathParameters, type DocumentedRoute, type JsonSchema } from './documented-route';
export { docsRoutes, openRoute } from './common-routes';
export { internalDocsRoutes, internalRoute, internalService } from './internal-service';
export { inputSchema, outputSchema } from './json-schema';
