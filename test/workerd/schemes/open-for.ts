import type { Trigger } from '#core/definition/document'
import { TriggerDocument } from '#core/triggers/registry'
import { resolveEndpoint } from '../../../worker/services/resolve-endpoint'
import { openDoor, PUBLIC_URL } from '../webhook-door-bench'
import { issuer, verifierOf } from './issuer'
import { NOW } from './now'
import { type Fields, now, type Sender, type Wish } from './sender'

export type Secrets = { readonly current?: string | null; readonly previous?: string }

type Options = Secrets & {
  readonly more?: Readonly<Record<string, unknown>>
  readonly method?: readonly string[]
  /** Answer to these methods whatever the provider calls with. */
  readonly anyMethod?: boolean
}

/** What a call is made of, once it is signed. */
export type Letter = {
  readonly method: string
  readonly headers: Fields
  readonly body: Uint8Array
  readonly query: string
}

let letters = 0

/** A door for calls of one sender, deployed from a document as any other. */
export async function openFor(sender: Sender, options: Options = {}) {
  const { more = {}, method = ['GET', 'POST', 'PUT'], anyMethod = false } = options
  const written = { ...sender.written, ...secretsOf(sender, options), ...more }
  const trigger = TriggerDocument.parse({ type: 'webhook', method, authentication: written })
  const environment = { vars: {}, secrets: environmentOf(sender, options) }
  const { webhooks } = resolveEndpoint(workflowWith(trigger), environment)
  const endpoints = anyMethod ? webhooks.map((webhook) => ({ ...webhook, method: [...method] })) : webhooks
  const opened = await openDoor(endpoints, { clock: () => NOW, tokens: verifierOf(issuer) })
  const address = `${PUBLIC_URL}/webhook/${opened.token}`

  /** A call as the sender would sign it; `sent` changes it on its way. */
  async function letter(wish: Partial<Wish> & { readonly query?: string } = {}): Promise<Letter> {
    const { secret = sender.secrets[0], id = `delivery-${letters++}`, method: by = 'POST', query = '' } = wish
    const body = wish.body ?? new TextEncoder().encode(sender.body({ secret, id }))
    const url = wish.url ?? `${address}${query}`
    const headers = await sender.headers({ secret, id, body, url, method: by, time: wish.time ?? now(sender.unit) })
    return { method: by, headers, body, query }
  }

  function send({ method: by, headers, body, query }: Letter, more: Fields = []): Promise<Response> {
    const hasBody = by !== 'GET' && by !== 'HEAD'
    const type: Fields = headers.some(([name]) => name === 'content-type') ? [] : [['content-type', 'application/json']]
    return opened.call({ method: by, headers: [...type, ...headers, ...more], body: hasBody ? body : null }, query)
  }

  return { ...opened, address, endpoint: endpoints[0]!, letter, send }
}

function secretsOf({ fields }: Sender, { previous }: Secrets) {
  if (fields === null) return {}
  const [current, old] = fields
  return { [current]: '{{ secrets.CURRENT }}', ...(previous !== undefined && { [old]: '{{ secrets.PREVIOUS }}' }) }
}

function environmentOf({ secrets }: Sender, { current = secrets[0], previous }: Secrets) {
  return { ...(current !== null && { CURRENT: current }), ...(previous !== undefined && { PREVIOUS: previous }) }
}

const workflowWith = (trigger: TriggerDocument) => ({
  name: 'orders',
  description: null,
  environment: null,
  triggers: [{ ...trigger, id: 'webhook' } as Trigger],
  stages: [],
  settings: { timeout_ms: 1_000, concurrency: null, retention_days: null, sensitive: false },
})

/** The same call with one header written otherwise. */
export function withHeader(letter: Letter, name: string, change: (value: string) => string): Letter {
  return {
    ...letter,
    headers: letter.headers.map(([field, value]) => [field, field === name ? change(value) : value]),
  }
}

export function withoutHeader(letter: Letter, name: string): Letter {
  return { ...letter, headers: letter.headers.filter(([field]) => field !== name) }
}
