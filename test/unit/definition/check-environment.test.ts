import { describe, expect, it } from 'vitest'
import { documentOf, findings } from './documents'

const http = (config: object) => ({
  id: 'call',
  component: 'http_request',
  config: { url: 'https://x.example', ...config },
})

describe('the target environment', () => {
  const environment = {
    name: 'staging',
    variables: new Set(['API_BASE_URL', 'REGION']),
    secrets: new Set(['GITHUB_TOKEN']),
  }
  const check = (config: object, more = {}) =>
    findings(documentOf([http(config)], more), { mode: 'deploy', environment })

  it('a variable or secret without a value there is an error with the nearest name (S48)', () => {
    expect(
      check({ url: '{{ vars.API_BASE_UR }}/x', headers: { A: '{{ secrets.NONE }}{{ vars.GITHUB_TOKEN }}' } }),
    ).toEqual([
      "unset_secret /stages/0/config/headers/A: The secret “NONE” is not set in staging | Set it in staging, or give a default: secrets.NONE ?? ''.",
      'secret_as_variable /stages/0/config/headers/A: GITHUB_TOKEN is a secret in staging, not a variable | Write secrets.GITHUB_TOKEN.',
      'unset_variable /stages/0/config/url: The variable “API_BASE_UR” is not set in staging | Did you mean vars.API_BASE_URL?',
    ])
  })

  it('a secret used as a plain variable is refused, also where there is a default', () => {
    expect(check({ url: "{{ vars.GITHUB_TOKEN ?? '' }}" })).toEqual([
      'secret_as_variable /stages/0/config/url: GITHUB_TOKEN is a secret in staging, not a variable | Write secrets.GITHUB_TOKEN.',
    ])
  })

  it('a name with a default may be absent', () => {
    expect(check({ url: "{{ vars.API_BASE_URL }}/{{ vars.NONE ?? 'x' }}/{{ secrets?.NONE }}" })).toEqual([])
  })

  it('the credentials of triggers count as well', () => {
    const triggers = [{ type: 'webhook', authentication: { type: 'hmac', secret: '{{ vars.hook_secret }}' } }]
    expect(check({}, { triggers })[0]).toMatch(/^unset_variable \/triggers\/0\/authentication\/secret/)
  })

  it('a document for other environments is refused (S161)', () => {
    expect(check({}, { environment: ['production', 'eu'] })).toEqual([
      'environment_mismatch /environment: The document is for production, eu, not for staging | Add staging to environment, or deploy elsewhere.',
    ])
    expect(check({}, { environment: 'staging' })).toEqual([])
  })
})
