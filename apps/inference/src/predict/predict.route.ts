import type { FastifyInstance } from 'fastify';
import type { PredictService } from './predict.service';

/** W3C trace context; anything else is not passed on. */
const TRACEPARENT = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/;

/**
 * `POST /predict`, outside Nest: the body stays text until the one JSON.parse of {@link PredictService}, and no pipe or
 * interceptor walks through the instances. Errors still end in Nest's filter.
 */
export function addPredictRoute(fastify: FastifyInstance, service: PredictService): void {
  // Not awaited: that would end Fastify's set-up of this scope before Nest has put its error filter in place.
  void fastify.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, parsed) =>
      parsed(null, body),
    );
    scope.post('/predict', (request) => {
      const traceparent = request.headers.traceparent;
      return service.predict(typeof request.body === 'string' ? request.body : '', {
        requestId: request.id,
        traceparent:
          typeof traceparent === 'string' && TRACEPARENT.test(traceparent) ? traceparent : undefined,
      });
    });
    done();
  });
}
