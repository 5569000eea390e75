import { createHash } from 'node:crypto';
import { Controller, Get, Header, Inject } from '@nestjs/common';
import { docsPage } from './docs-page';
import { DOCS_STYLE } from './docs-style';
import type { DocumentedApi } from './documented-api';
import { openApiDocument } from './open-api';

export const DOCUMENTED_API = Symbol('DocumentedApi');

const styleHash = createHash('sha256').update(DOCS_STYLE).digest('base64');
/** Nothing runs, nothing is loaded, nobody may put it into a frame. */
const SECURITY_POLICY = `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** What this version of the service can do: the same for everybody. */
@Controller('docs')
export class DocsController {
  private readonly html: string;
  private readonly json: string;

  constructor(@Inject(DOCUMENTED_API) api: DocumentedApi) {
    this.html = docsPage(api);
    this.json = JSON.stringify(openApiDocument(api));
  }

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', SECURITY_POLICY)
  @Header('x-content-type-options', 'nosniff')
  @Header('referrer-policy', 'no-referrer')
  page(): string {
    return this.html;
  }

  @Get('openapi.json')
  @Header('content-type', 'application/json; charset=utf-8')
  @Header('x-content-type-options', 'nosniff')
  openApi(): string {
    return this.json;
  }
}
