import { z } from 'zod';

const httpsUrl = z.url({ protocol: /^https$/, error: 'expected an https address' });

/** Who checks a person before MLflow's own pages: an Amazon Cognito pool made here, or any OIDC provider. */
const uiAuthentication = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('cognito'), domainPrefix: z.string().min(1) }),
  z.strictObject({
    kind: z.literal('oidc'),
    issuer: httpsUrl,
    authorizationEndpoint: httpsUrl,
    tokenEndpoint: httpsUrl,
    userInfoEndpoint: httpsUrl,
    clientId: z.string().min(1),
  }),
]);

/** What faces the internet. */
export const edgeSettings = z.strictObject({
  /** Public name and its Route 53 zone: gives HTTPS with a certificate of ACM. Unset: plain HTTP, for dev only. */
  domain: z
    .strictObject({ name: z.string().min(4), zoneName: z.string().min(4), zoneId: z.string().min(1) })
    .optional(),
  /** MLflow's pages on `mlflow.<domain>` for people who signed in; unset: they stay private. */
  mlflowUi: uiAuthentication.optional(),
  /** Web application firewall; `requestsPerFiveMinutes` counts per client address. */
  waf: z.strictObject({ requestsPerFiveMinutes: z.int().min(10).default(10_000) }).optional(),
  /** Networks that may call the load balancer. */
  allowedCidrs: z.array(z.string()).min(1).default(['0.0.0.0/0']),
  /** Below the keep-alive time of the apps (75 s), or the balancer answers 502 now and then. */
  idleTimeoutSeconds: z.int().min(1).max(4000).default(60),
});
