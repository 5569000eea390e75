import { createHash } from 'node:crypto';
import { Controller, Get, Header } from '@nestjs/common';
import { TIDEGATE_VERSION } from '@tidegate/bootstrap';
import { docsPage } from './docs-page';
import { DOCS_STYLE } from './docs-style';
import { FORWARDED_ROUTES } from './forwarded-routes';
import { openApiDocument } from './open-api';
import { OWN_ROUTES } from './own-routes';

const routes = [...OWN_ROUTES, ...FORWARDED_ROUTES];
const page = docsPage(routes, TIDEGATE_VERSION);
const document = JSON.stringify(openApiDocument(routes, TIDEGATE_VERSION));

const styleHash = createHash('sha256').update(DOCS_STYLE).digest('base64');
/** Nothing runs, nothing is loaded, nobody may put it into a frame. */
const SECURITY_POLICY = `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** What this version of the gateway can do: the same for everybody, so no key is needed. */
@Controller('docs')
export class DocsController {
  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', SECURITY_POLICY)
  @Header('x-content-type-options', 'nosniff')
  @Header('referrer-policy', 'no-referrer')
  page(): string {
    return page;
  }

  @Get('openapi.json')
  @Header('content-type', 'application/json; charset=utf-8')
  @Header('x-content-type-options', 'nosniff')
  openApi(): string {
    return document;
  }
}
