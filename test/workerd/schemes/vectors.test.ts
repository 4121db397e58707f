import { describe, expect, it } from 'vitest'
import type { StoredAuthentication } from '#core/triggers/schemes/registry'
import { createAuthenticator } from '../../../worker/http/webhook/authenticate'
import recorded from './recorded.json'
import { type Fields, mac, written } from './sender'
import { senders } from './senders'

type Vector = {
  readonly authentication: StoredAuthentication
  readonly at?: number
  readonly url?: string
  readonly headers: Fields
  readonly body: string
}

async function isBelieved({ authentication, at = 0, url = 'https://example.com/', headers, body }: Vector) {
  const authenticate = createAuthenticator(authentication, {
    clock: () => at,
    tokens: async () => ({ ok: false, error: 'unavailable' }),
  })
  const lines = new Headers(headers)
  const bytes = new Uint8Array(new TextEncoder().encode(body))
  return (await authenticate({ method: 'POST', url, header: (name) => lines.get(name), body: bytes })).ok
}

const SLACK_BODY =
  'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar' +
  '&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com' +
  '%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.' +
  '803a0bc887a14d10d2c447fce8b6703c'
const HUBSPOT_SECRET = 'yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy'
const HUBSPOT_BODY =
  '[{"eventId":1,"subscriptionId":12345,"portalId":62515,"occurredAt":1564113600000,"subscriptionType":' +
  '"contact.creation","attemptNumber":0,"objectId":123,"changeSource":"CRM","changeFlag":"NEW","appId":54321}]'
const HUBSPOT = { type: 'hubspot', secret: HUBSPOT_SECRET, toleranceSeconds: 300 } as const
const SVIX = { type: 'standard_webhooks', toleranceSeconds: 300 } as const

/** As providers print them on their own pages. */
const PUBLISHED: readonly (readonly [string, Vector])[] = [
  [
    'GitHub',
    {
      authentication: { type: 'github', secret: "It's a Secret to Everybody" },
      headers: [['x-hub-signature-256', 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17']],
      body: 'Hello, World!',
    },
  ],
  [
    'Jira',
    {
      authentication: { type: 'jira', secret: "It's a Secret to Everybody" },
      headers: [['x-hub-signature', 'sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9']],
      body: 'Hello World!',
    },
  ],
  [
    'Slack',
    {
      authentication: { type: 'slack', secret: '8f742231b10e8888abcd99yyyzzz85a5', toleranceSeconds: 300 },
      at: 1_531_420_618_000,
      headers: [
        ['x-slack-request-timestamp', '1531420618'],
        ['x-slack-signature', 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503'],
      ],
      body: SLACK_BODY,
    },
  ],
  [
    'Svix',
    {
      authentication: { ...SVIX, secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' },
      at: 1_614_265_330_000,
      headers: [
        ['svix-id', 'msg_p5jXN8AQM9LWM0D4loKWxJek'],
        ['svix-timestamp', '1614265330'],
        ['svix-signature', 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='],
      ],
      body: '{"test": 2432232314}',
    },
  ],
  [
    'Svix, with signatures of other keys and versions beside it',
    {
      authentication: { ...SVIX, secret: 'whsec_plJ3nmyCDGBKInavdOK15jsl' },
      at: 1_731_705_121_000,
      headers: [
        ['svix-id', 'msg_loFOjxBNrRLzqYUf'],
        ['svix-timestamp', '1731705121'],
        [
          'svix-signature',
          'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= v1a,AAAA v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=',
        ],
      ],
      body: '{"event_type":"ping","data":{"success":true}}',
    },
  ],
  [
    'HubSpot v1',
    {
      authentication: { ...HUBSPOT, version: 'v1' },
      headers: [['x-hubspot-signature', '232db2615f3d666fe21a8ec971ac7b5402d33b9a925784df3ca654d05f4817de']],
      body: HUBSPOT_BODY,
    },
  ],
  [
    'HubSpot v2',
    {
      authentication: { ...HUBSPOT, version: 'v2' },
      url: 'https://www.example.com/webhook_uri',
      headers: [['x-hubspot-signature', '9569219f8ba981ffa6f6f16aa0f48637d35d728c7e4d93d0d52efaa512af7900']],
      body: '{"example_field":"example_value"}',
    },
  ],
  [
    'Zoho Sign',
    {
      authentication: { type: 'zoho_sign', secret: 'thisisthesamplekeyfortestingpurposes' },
      headers: [['x-zs-webhook-signature', 'drbSrM4H816RYKpZiRBLddUa0yHaTrwjtY04sIZFZus=']],
      body: '{{"requests":{"request_name":"Test Name"},"notifications":{"operation_type":"RequestSigningSuccess"}}',
    },
  ],
]

describe('a signature that a provider published', () => {
  it.for(PUBLISHED)('is believed, and not over one byte more: %s', async ([, vector]) => {
    expect(await isBelieved(vector)).toBe(true)
    expect(await isBelieved({ ...vector, body: `${vector.body} ` })).toBe(false)
  })

  it('is refused where its page had time and body the wrong way round: Zendesk, 2021', async () => {
    const headers: Fields = [
      ['x-zendesk-webhook-signature', 'tRDSF7URY8BLCDlaBcQ7FHu051Zk+aAB0NKMP53teMw='],
      ['x-zendesk-webhook-signature-timestamp', '2021-07-25T10:00:00Z'],
    ]
    const secret = 'HRkRd4BeOAoUkfZr-mhauJT64rvBASlJRoIyPsd3zeA='
    const authentication = { type: 'zendesk', secret, toleranceSeconds: 300 } as const
    const at = Date.parse('2021-07-25T10:00:00Z')
    expect(await isBelieved({ authentication, at, headers, body: '{"say": "hello"}' })).toBe(false)
  })
})

describe('the text Zoho Billing signs', () => {
  const authentication = { type: 'zoho_billing', secret: 'alphanumeric1234' } as const
  const url = 'https://example.com/hook?subscription_id=90343&name=basic'

  it('is the sorted parameters and then the body, as its page prints it', async () => {
    const text = 'namebasicsubscription_id90343{"created_date":"2019-03-06","event_id":"5675"}'
    const headers: Fields = [['x-zoho-webhook-signature', mac(authentication.secret, [text])]]
    const body = '{"created_date":"2019-03-06","event_id":"5675"}'
    expect(await isBelieved({ authentication, url, headers, body })).toBe(true)
  })

  it('is the decoded parameters of address and form together', async () => {
    const headers: Fields = [
      ['content-type', 'application/x-www-form-urlencoded; charset=utf-8'],
      [
        'x-zoho-webhook-signature',
        mac(authentication.secret, ['citySão Paulo & moreidänamebasicsubscription_id90343']),
      ],
    ]
    const body = 'id=%C3%A4&city=S%C3%A3o+Paulo+%26+more'
    expect(await isBelieved({ authentication, url, headers, body })).toBe(true)
  })
})

describe('a signature that a library of the provider made or believed', () => {
  const cases = recorded.libraries.flatMap(({ library, version, signatures }) =>
    signatures.map((one) => ({ ...one, library: `${library} ${version}` })),
  )

  it.for(cases)(
    'is the one our sender makes, and our door believes it: $sender, $library',
    async ({ sender: name, signature }) => {
      const sender = senders.find((one) => one.name === name)!
      const { secret, at, url, body } = recorded
      const bytes = new TextEncoder().encode(body)
      const time = written(sender.unit, at)
      const headers = await sender.headers({ secret, time, url, id: 'id', body: bytes, method: 'POST' })
      expect(headers.find(([field]) => field === sender.header)![1]).toBe(signature)
      const authentication = { toleranceSeconds: 300, version: 'v3', ...sender.written, secret } as StoredAuthentication
      expect(await isBelieved({ authentication, at, url, headers, body })).toBe(true)
      expect(await isBelieved({ authentication, at, url, headers, body: body.replace('1', '2') })).toBe(false)
    },
  )
})
