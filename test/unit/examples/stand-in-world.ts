import type { ChatAnswer, ChatRequest, HttpAnswer, HttpRequest } from '#core/components/context'
import { route } from '../../support/devops-stand-in/route.mjs'
import { createWorld } from '../../support/devops-stand-in/world.mjs'

export type StandInCall = { name: string; status: number; url: string; headers: Record<string, string>; body: unknown }

const lowerCase = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

/** The stand-in of the CI/CD example without its process: answers requests and keeps what was asked. */
export function standInWorld(scenario: string) {
  const world = createWorld(scenario)
  const calls: StandInCall[] = []

  const ask = (request: Pick<HttpRequest, 'url' | 'method' | 'headers' | 'body'>) => {
    const { hostname: host, pathname: path, searchParams: query } = new URL(request.url)
    const headers = lowerCase(request.headers)
    const body: unknown = typeof request.body === 'string' ? JSON.parse(request.body) : ''
    const answer = route({ method: request.method, host, path, query, headers, body }, world)
    calls.push({ name: answer.name, status: answer.status, url: request.url, headers, body })
    return answer
  }

  const http = (request: HttpRequest): HttpAnswer => {
    const { status, body } = ask(request)
    const isText = typeof body === 'string'
    const headers = { 'content-type': isText ? 'text/plain' : 'application/json' }
    const text = body === undefined ? '' : isText ? body : JSON.stringify(body)
    return { kind: 'response', status, headers, text, durationMs: 1 }
  }

  const ai = ({ model, systemPrompt, prompt }: ChatRequest): ChatAnswer => {
    const messages = [
      { role: 'system', content: systemPrompt },
      { role: 'user', content: prompt },
    ]
    const url = 'https://model.example.com/v1/chat/completions'
    const { body } = ask({ url, method: 'POST', headers: {}, body: JSON.stringify({ model, messages }) })
    const { choices, usage } = body as { choices: [{ message: { content: string } }]; usage: Record<string, number> }
    return { kind: 'answer', text: choices[0].message.content, usage, durationMs: 1 }
  }

  const named = (name: string) => calls.filter((call) => call.name === name)
  return { http, ai, calls, named }
}
