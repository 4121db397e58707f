import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import * as register from '#core/triggers/index'
import { TriggerDocument, triggerAvailable, triggerOf, triggerRefusal, triggerTypes } from '#core/triggers/registry'

/** One document of each type, as the product's guides write them (S13, S16, S26, S34–S43). */
const SAMPLES = [
  {
    type: 'manual',
    inputSchema: {
      customerId: { type: 'string', required: true, description: 'Customer ID to process' },
      action: { type: 'string', enum: ['activate', 'deactivate', 'update'], required: true, description: 'Action' },
      priority: { type: 'number', default: 5, min: 1, max: 10 },
    },
  },
  {
    type: 'webhook',
    method: ['POST', 'PUT'],
    authentication: { type: 'api_key', header: 'X-API-Key', key: '{{ vars.webhook_api_key }}' },
    responseMode: 'immediate',
    timeout: 30000,
    cors: { enabled: true, allowedOrigins: ['https://app.example.com'] },
  },
  {
    type: 'schedule',
    cron: '0 9 * * 1-5',
    timezone: 'America/New_York',
    enabled: true,
    metadata: { description: 'Daily morning report generation' },
  },
  {
    type: 'app_event',
    app: 'hubspot',
    authentication: { apiKey: '{{ vars.a }}', clientSecret: '{{ vars.b }}', portalId: '12345678' },
    events: ['contact.created', 'contact.propertyChange'],
    filters: { propertyName: 'lifecyclestage', newValue: 'customer' },
  },
  {
    type: 'email',
    connection: 'gmail-connection',
    filters: { from: '*@company.com', subject: { contains: 'urgent' }, hasAttachments: true },
    pollInterval: '5m',
  },
  {
    type: 'database',
    connection: 'postgres-prod',
    table: 'orders',
    events: ['INSERT', 'UPDATE'],
    columns: ['status', 'amount'],
    filter: "status = 'pending' AND amount > 1000",
  },
  {
    type: 'file',
    source: 'google-drive',
    folderId: 'abc123',
    events: ['created', 'modified'],
    fileTypes: ['pdf', 'docx', 'xlsx'],
    recursive: true,
  },
  {
    type: 'queue',
    provider: 'sqs',
    queueUrl: 'https://sqs.us-east-1.amazonaws.com/123/queue',
    batchSize: 10,
    visibilityTimeout: 300,
  },
] as const

describe('the register of triggers', () => {
  it('holds the eight types (S12)', () => {
    expect(triggerTypes()).toEqual(['manual', 'webhook', 'schedule', 'app_event', 'email', 'database', 'file', 'queue'])
    expect(new Set(triggerTypes()).size).toBe(Object.keys(register).length)
    expect(triggerOf('pigeon')).toBeNull()
  })

  it.for(SAMPLES)('a $type trigger as the guides write it is accepted', (sample) => {
    expect(TriggerDocument.parse(sample)).toMatchObject(sample)
    expect(TriggerDocument.parse({ ...sample, id: 'my-trigger' }).id).toBe('my-trigger')
  })

  it.for(SAMPLES)('a $type trigger refuses unknown keys and unusable ids', (sample) => {
    const unknown = TriggerDocument.safeParse({ ...sample, sample: 1 })
    expect(unknown.error?.issues).toMatchObject([{ code: 'unrecognized_keys', keys: ['sample'] }])
    expect(TriggerDocument.safeParse({ ...sample, id: '1 2' }).success).toBe(false)
  })

  it.for(Object.values(register))(
    '$type says what it is and has a JSON Schema for forms',
    ({ title, description, document }) => {
      expect(title).not.toBe('')
      expect(description).toMatch(/\.$/)
      expect(z.toJSONSchema(document, { io: 'input' })).toMatchObject({ type: 'object', additionalProperties: false })
    },
  )

  it('only manual, webhook and schedule can be deployed; the rest is refused with what works instead', () => {
    expect(triggerTypes().filter(triggerAvailable)).toEqual(['manual', 'webhook', 'schedule'])
    for (const sample of SAMPLES) {
      const refusal = triggerRefusal(TriggerDocument.parse(sample))
      if (triggerAvailable(sample.type)) expect(refusal).toBeNull()
      else expect(refusal).toMatchObject({ path: '/type', hint: 'Available: manual, webhook, schedule.' })
    }
    const getOnly = TriggerDocument.parse({
      type: 'webhook',
      method: ['GET'],
      authentication: { type: 'github', secret: '{{ secrets.hook }}' },
    })
    expect(triggerRefusal(getOnly)).toMatchObject({ path: '/method', hint: 'Allow POST.' })
  })

  it('a trigger of an unknown type is refused', () => {
    expect(TriggerDocument.safeParse({ type: 'pigeon' }).success).toBe(false)
  })
})

describe('a webhook trigger', () => {
  it('has safe defaults', () => {
    expect(TriggerDocument.parse({ type: 'webhook' })).toEqual({
      type: 'webhook',
      method: ['POST'],
      authentication: { type: 'none' },
      responseMode: 'immediate',
    })
  })

  it.for([
    [{ timeout: 999 }, 'timeout'],
    [{ timeout: 300_001 }, 'timeout'],
    [{ timeout: 1500.5 }, 'timeout'],
    [{ method: [] }, 'method'],
    [{ method: ['TRACE'] }, 'method'],
    [{ responseMode: 'later' }, 'responseMode'],
    [{ authentication: { type: 'magic' } }, 'authentication'],
    [{ authentication: { type: 'api_key', key: '' } }, 'authentication'],
    [{ authentication: { type: 'api_key', key: 'k', header: 'X: Y' } }, 'authentication'],
    [{ authentication: { type: 'hmac', secret: 's', algorithm: 'md5' } }, 'authentication'],
    [{ authentication: { type: 'none', key: 'k' } }, 'authentication'],
    [{ cors: { enabled: true, allowedOrigins: ['*'] } }, 'cors'],
    [{ cors: { enabled: true, allowedOrigins: ['https://app.example.com/'] } }, 'cors'],
    [{ cors: { enabled: true, allowedOrigins: ['null'] } }, 'cors'],
  ] as const)('%o is refused (S18–S21)', ([part, key]) => {
    const parsed = TriggerDocument.safeParse({ type: 'webhook', ...part })
    expect(parsed.error?.issues[0]?.path[0]).toBe(key)
  })

  it.for([1_000, 300_000])('a timeout of %i ms is accepted (S20)', (timeout) => {
    expect(TriggerDocument.safeParse({ type: 'webhook', timeout }).success).toBe(true)
  })
})

describe('a schedule trigger', () => {
  it('runs in UTC and is enabled unless it says otherwise', () => {
    expect(TriggerDocument.parse({ type: 'schedule', cron: '0 9 * * *' })).toMatchObject({
      timezone: 'UTC',
      enabled: true,
      payload: {},
    })
  })

  it.for([
    [{ cron: '0 0 30 2 *' }, 'cron_invalid', ['cron']],
    [{ cron: '0 9 * * *', timezone: 'Mars/Phobos' }, 'timezone_unknown', ['timezone']],
  ] as const)('%o is refused with a code and a hint', ([part, code, path]) => {
    const parsed = TriggerDocument.safeParse({ type: 'schedule', ...part })
    expect(parsed.error?.issues).toMatchObject([{ path, params: { code, hint: expect.any(String) } }])
  })
})
