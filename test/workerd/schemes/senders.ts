import { issuer, PUBSUB_ACCOUNT } from './issuer'
import { mac, plainHash, sender, type Sender } from './sender'

const swap =
  (from: string, ...to: string[]) =>
  (value: string) =>
    to.map((text) => value.replace(from, text))

const apiKey = sender({
  name: 'api_key',
  written: { type: 'api_key' },
  fields: ['key', 'previousKey'],
  secrets: ['key-0123456789-0123456789', 'key-9876543210-9876543210'],
  header: 'x-api-key',
  covers: [],
  encoding: 'text',
  headers: ({ secret }) => [['x-api-key', secret]],
})

const bearer = sender({
  name: 'bearer',
  written: { type: 'bearer' },
  fields: ['token', 'previousToken'],
  secrets: ['token-0123456789-0123456789', 'token-9876543210-9876543210'],
  header: 'authorization',
  covers: [],
  encoding: 'text',
  misspelt: swap('Bearer', 'Basic', 'Token', ''),
  headers: ({ secret }) => [['authorization', `Bearer ${secret}`]],
})

const hmacs = (['hex', 'base64'] as const).flatMap((encoding) =>
  (['sha256', 'sha512'] as const).map((algorithm) =>
    sender({
      name: `hmac ${algorithm} ${encoding}`,
      written: { type: 'hmac', algorithm, encoding },
      header: 'x-signature',
      encoding,
      misspelt: swap('sha', 'SHA', 'md5=sha', 'sha1=sha'),
      headers: ({ secret, body }) => [['x-signature', `${algorithm}=${mac(secret, [body], encoding, algorithm)}`]],
    }),
  ),
)

const oauth = sender({
  name: 'oauth',
  written: { type: 'oauth', issuer: issuer.url, audience: 'millrace' },
  fields: null,
  header: 'authorization',
  covers: [],
  encoding: 'token',
  misspelt: swap('Bearer', 'Basic', 'Token', ''),
  headers: async () => [['authorization', `Bearer ${await issuer.token({ aud: 'millrace' })}`]],
})

const googlePubsub = sender({
  name: 'google_pubsub',
  written: { type: 'google_pubsub', serviceAccount: PUBSUB_ACCOUNT },
  fields: null,
  header: 'authorization',
  covers: ['uri'],
  encoding: 'token',
  namesDelivery: true,
  misspelt: swap('Bearer', 'Basic', 'Token', ''),
  body: ({ id }) => JSON.stringify({ message: { messageId: id, data: 'e30=' }, subscription: 'projects/p/s' }),
  headers: async ({ url }) => [['authorization', `Bearer ${await issuer.googleToken(url)}`]],
})

const standardWebhooks = (['webhook', 'svix'] as const).map((prefix) =>
  sender({
    name: `standard_webhooks ${prefix}`,
    written: { type: 'standard_webhooks' },
    secrets: [`whsec_${btoa('current key of 24 bytes!')}`, `whsec_${btoa('another key of 24 bytes!')}`],
    header: `${prefix}-signature`,
    covers: ['body', 'time', 'id'],
    unit: 's',
    encoding: 'base64',
    namesDelivery: true,
    misspelt: swap('v1,', 'V1,', 'v2,', 'v1=', ''),
    headers: ({ secret, id, time, body }) => [
      [`${prefix}-id`, id],
      [`${prefix}-timestamp`, time],
      [`${prefix}-signature`, `v1,${mac(atob(secret.slice(6)), [`${id}.${time}.`, body], 'base64')}`],
    ],
  }),
)

const github = sender({
  name: 'github',
  written: { type: 'github' },
  header: 'x-hub-signature-256',
  unsignedId: 'x-github-delivery',
  misspelt: swap('sha256=', 'SHA256=', 'sha1=', 'md5=', ''),
  headers: ({ secret, body, id }) => [
    ['x-hub-signature-256', `sha256=${mac(secret, [body])}`],
    ['x-github-delivery', id],
  ],
})

const stripe = sender({
  name: 'stripe',
  written: { type: 'stripe' },
  header: 'stripe-signature',
  covers: ['body', 'time'],
  unit: 's',
  namesDelivery: true,
  misspelt: swap('v1=', 'V1=', 'v0=', 'sha1='),
  headers: ({ secret, time, body }) => [['stripe-signature', `t=${time},v1=${mac(secret, [`${time}.`, body])}`]],
})

const slack = sender({
  name: 'slack',
  written: { type: 'slack' },
  header: 'x-slack-signature',
  covers: ['body', 'time'],
  unit: 's',
  namesDelivery: true,
  misspelt: swap('v0=', 'V0=', 'v1=', ''),
  body: ({ id }) => JSON.stringify({ type: 'event_callback', event_id: id }),
  headers: ({ secret, time, body }) => [
    ['x-slack-request-timestamp', time],
    ['x-slack-signature', `v0=${mac(secret, [`v0:${time}:`, body])}`],
  ],
})

const shopify = sender({
  name: 'shopify',
  written: { type: 'shopify' },
  header: 'x-shopify-hmac-sha256',
  encoding: 'base64',
  unsignedId: 'x-shopify-webhook-id',
  headers: ({ secret, body, id }) => [
    ['x-shopify-hmac-sha256', mac(secret, [body], 'base64')],
    ['x-shopify-webhook-id', id],
  ],
})

const hubspotBody = ({ id }: { readonly id: string }) =>
  JSON.stringify([{ portalId: 1, subscriptionId: 2, eventId: id, occurredAt: 1_700_000_000_000 }])

const hubspotHashes = (['v1', 'v2'] as const).map((version) =>
  sender({
    name: `hubspot ${version}`,
    written: { type: 'hubspot', version },
    header: 'x-hubspot-signature',
    covers: version === 'v1' ? ['body'] : ['body', 'method', 'uri'],
    namesDelivery: true,
    body: hubspotBody,
    headers: ({ secret, method, url, body }) => [
      ['x-hubspot-signature', plainHash(version === 'v1' ? [secret, body] : [secret, method, url, body])],
      ['x-hubspot-signature-version', version],
    ],
  }),
)

const hubspotV3 = sender({
  name: 'hubspot v3',
  written: { type: 'hubspot' },
  header: 'x-hubspot-signature-v3',
  covers: ['body', 'time', 'method', 'uri'],
  unit: 'ms',
  encoding: 'base64',
  namesDelivery: true,
  body: hubspotBody,
  headers: ({ secret, method, url, body, time }) => [
    ['x-hubspot-signature-v3', mac(secret, [method, url, body, time], 'base64')],
    ['x-hubspot-request-timestamp', time],
  ],
})

const zendesk = sender({
  name: 'zendesk',
  written: { type: 'zendesk' },
  header: 'x-zendesk-webhook-signature',
  covers: ['body', 'time'],
  unit: 'iso',
  encoding: 'base64',
  unsignedId: 'x-zendesk-webhook-invocation-id',
  headers: ({ secret, time, body, id }) => [
    ['x-zendesk-webhook-signature', mac(secret, [time, body], 'base64')],
    ['x-zendesk-webhook-signature-timestamp', time],
    ['x-zendesk-webhook-invocation-id', id],
  ],
})

const jira = sender({
  name: 'jira',
  written: { type: 'jira' },
  header: 'x-hub-signature',
  unsignedId: 'x-atlassian-webhook-identifier',
  misspelt: swap('sha256=', 'SHA256=', 'sha1=', 'md5=', ''),
  headers: ({ secret, body, id }) => [
    ['x-hub-signature', `sha256=${mac(secret, [body])}`],
    ['x-atlassian-webhook-identifier', id],
  ],
})

const zohoSign = sender({
  name: 'zoho_sign',
  written: { type: 'zoho_sign' },
  header: 'x-zs-webhook-signature',
  encoding: 'base64',
  headers: ({ secret, body }) => [['x-zs-webhook-signature', mac(secret, [body], 'base64')]],
})

const zohoBilling = sender({
  name: 'zoho_billing',
  written: { type: 'zoho_billing' },
  header: 'x-zoho-webhook-signature',
  covers: ['body', 'uri'],
  headers: ({ secret, body, url }) => [['x-zoho-webhook-signature', mac(secret, [queryText(url), body])]],
})

function queryText(url: string): string {
  const pairs = [...new URL(url).searchParams].toSorted(([a], [b]) => (a < b ? -1 : 1))
  return pairs.map((pair) => pair.join('')).join('')
}

const zohoPayments = sender({
  name: 'zoho_payments',
  written: { type: 'zoho_payments' },
  header: 'x-zohowebhook-signature',
  covers: ['body', 'time'],
  unit: 'ms',
  namesDelivery: true,
  misspelt: swap('v=', 'V=', 'v0=', 'sha1='),
  body: ({ id }) => JSON.stringify({ event_id: id }),
  headers: ({ secret, time, body }) => [['x-zohowebhook-signature', `t=${time},v=${mac(secret, [`${time}.`, body])}`]],
})

const zohoCrm = sender({
  name: 'zoho_crm',
  written: { type: 'zoho_crm' },
  fields: ['token', 'previousToken'],
  header: null,
  covers: [],
  encoding: 'text',
  body: ({ id, secret }) => JSON.stringify({ id, module: 'Leads', token: secret }),
  headers: () => [],
})

/** Every scheme of the register but `none`, in each of its forms. */
export const senders: readonly Sender[] = [
  apiKey,
  bearer,
  ...hmacs,
  oauth,
  ...standardWebhooks,
  github,
  stripe,
  slack,
  shopify,
  ...hubspotHashes,
  hubspotV3,
  zendesk,
  jira,
  zohoSign,
  zohoBilling,
  zohoPayments,
  zohoCrm,
  googlePubsub,
]
