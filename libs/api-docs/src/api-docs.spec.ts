import { docsPage } from './docs-page';
import type { DocumentedApi } from './documented-api';
import { openRoute } from './common-routes';
import { openApiDocument } from './open-api';

const API: DocumentedApi = {
  title: 'Tides & <gates>',
  version: '1.2.3',
  description: 'A test.',
  introduction: 'Send a <code>key</code>.',
  tags: [{ name: 'things', description: 'Things <b>' }],
  routes: [
    openRoute('GET /live', 'things', 'The process runs'),
    {
      ...openRoute('POST /things/{id}/parts/{part}', 'things', 'Makes "one" <i>'),
      scopes: ['things:write'],
      query: { dry: { type: 'string' } },
      body: { type: 'object' },
      otherBodyTypes: ['text/csv'],
      success: { status: 201, description: 'Made', schema: { type: 'string' } },
      problems: ['BODY_INVALID', 'REQUEST_INVALID', 'QUEUE_FULL'],
    },
    {
      ...openRoute('GET /others', 'things', 'Lists'),
      scopes: [],
      problems: ['NOT_FOUND'],
      errorShape: 'OtherError',
    },
  ],
  access: {
    schemes: { token: { type: 'http', scheme: 'bearer' }, key: { type: 'apiKey', in: 'header', name: 'K' } },
    badges: { none: 'no token', any: 'any token' },
    curl: { url: '$URL', header: 'K: $KEY' },
  },
  errorShapes: { OtherError: { contentType: 'application/json', schema: { type: 'object' } } },
};

describe('an OpenAPI document', () => {
  const document = openApiDocument(API);

  it('has of a route its parameters, body, answer and errors', () => {
    expect(document.paths['/things/{id}/parts/{part}']).toEqual({
      post: {
        operationId: 'post_things_id_parts_part',
        tags: ['things'],
        summary: 'Makes "one" <i>',
        security: [{ token: ['things:write'] }, { key: ['things:write'] }],
        parameters: [
          { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
          { name: 'part', in: 'path', required: true, schema: { type: 'string' } },
          { name: 'dry', in: 'query', required: false, schema: { type: 'string' } },
        ],
        requestBody: { content: { 'application/json': { schema: { type: 'object' } }, 'text/csv': {} } },
        responses: {
          201: { description: 'Made', content: { 'application/json': { schema: { type: 'string' } } } },
          400: { description: 'BODY_INVALID, REQUEST_INVALID', content: problems() },
          429: { description: 'QUEUE_FULL', content: problems() },
        },
      },
    });
  });

  it('wants no credential for a route without scopes, and any for one with none of them', () => {
    expect(document.paths['/live']?.['get']).toMatchObject({ security: [], parameters: [] });
    expect(document.paths['/others']?.['get']).toMatchObject({ security: [{ token: [] }, { key: [] }] });
  });

  it('names the shape of errors that are not problem+json, and has it', () => {
    const schema = { $ref: '#/components/schemas/OtherError' };
    expect(document.paths['/others']?.['get']).toMatchObject({
      responses: { 404: { description: 'NOT_FOUND', content: { 'application/json': { schema } } } },
    });
    expect(document.components['schemas']).toMatchObject({ OtherError: { type: 'object' } });
  });

  function problems(): object {
    return { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  }
});

describe('the page', () => {
  const html = docsPage(API);

  it('takes all texts but the introduction for texts, not for HTML', () => {
    expect(html).toContain('<p>Send a <code>key</code>.');
    for (const tag of ['<gates>', '<b>', '<i>']) expect(html).not.toContain(tag);
    expect(html).toContain('Tides &#38; &#60;gates&#62;');
  });

  it('says what each route needs, and how to call it', () => {
    for (const badge of ['no token', 'things:write', 'any token'])
      expect(html).toContain(`<span class="scope">${badge}</span>`);
    const [live, made] = html.split('</details>') as [string, string];
    expect(live).toContain('<pre>curl &#34;$URL/live&#34;</pre>');
    expect(made).toContain('-H &#34;K: $KEY&#34;');
    expect(made).toContain('<p>Or <code>text/csv</code>.</p>');
  });
});
