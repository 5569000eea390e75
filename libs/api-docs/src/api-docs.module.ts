import { type DynamicModule, Module } from '@nestjs/common';
import { DocsController, DOCUMENTED_API } from './docs.controller';
import type { DocumentedApi } from './documented-api';

/** Serves `/docs` (a page for people) and `/docs/openapi.json`, both made once, at start. */
@Module({})
export class ApiDocsModule {
  static register(api: DocumentedApi): DynamicModule {
    return {
      module: ApiDocsModule,
      controllers: [DocsController],
      providers: [{ provide: DOCUMENTED_API, useValue: api }],
    };
  }
}
