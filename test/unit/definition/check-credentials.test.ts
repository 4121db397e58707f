import { describe, expect, it } from 'vitest'
import { documentOf, findings } from './documents'

const http = (config: object) => ({
  id: 'call',
  component: 'http_request',
  config: { url: 'https://x.example', ...config },
})

describe('credentials written as literals', () => {
  it.for<[string, object]>([
    ['/headers/Authorization', { headers: { Authorization: 'Bearer abc123' } }],
    ['/headers/Authorization', { headers: { Authorization: "Bearer {{ 'abc123' }}" } }],
    ['/headers/x-api-key', { headers: { 'x-api-key': 'abc' } }],
    ['/auth/token', { auth: { type: 'bearer', token: 'abc' } }],
    ['/auth/password', { auth: { type: 'basic', username: 'u', password: 'p' } }],
    ['/body/list/0/client_secret', { method: 'POST', body: { list: [{ client_secret: 'abc' }] } }],
    ['/body/note', { method: 'POST', body: { note: 'key sk_live_4eC39HqLyjWDarjtT1zdp7dc here' } }],
    ['/body/note', { method: 'POST', body: { note: 'ghp_16C7e42F292c6912E7710c838347Ae178B4a' } }],
    ['/body/note', { method: 'POST', body: { note: 'AKIAIOSFODNN7EXAMPLE' } }],
    ['/query/password', { query: { password: 'p' } }],
    ['/url', { url: 'https://user:pass@x.example/' }],
    ['/url', { url: 'https://hooks.slack.com/services/T000/B000/XXXX' }],
  ])('%s is warned of in a draft and refused at deploy: %j (S-08)', ([path, config]) => {
    const document = documentOf([http(config)])
    const at = `credential_literal /stages/0/config${path}: A credential is written into the document | Store it as a secret and write {{ secrets.NAME }}.`
    expect(findings(document)).toEqual([`~${at}`])
    expect(findings(document, { mode: 'deploy' })).toEqual([at])
  })

  it.for<[object]>([
    [{ headers: { Authorization: 'Bearer {{ secrets.T }}' } }],
    [{ headers: { Authorization: '{{ vars.SCHEME }} {{ secrets.T }}' } }],
    [{ method: 'POST', body: { password: '{{ input.password }}', secret: '', key: 'visible', token: 'csrf' } }],
    [{ url: 'https://x.example/a:b@c' }],
    [{ url: 'https://{{ vars.USER }}:{{ secrets.PASS }}@x.example/' }],
  ])('what reads a value is accepted: %j', ([config]) => {
    expect(findings(documentOf([http(config)]), { mode: 'deploy' })).toEqual([])
  })
})
