import { describe, expect, it } from 'vitest'
import { componentTypes } from '#core/components/registry'
import { validateWorkflow } from '#core/definition/validate'
import type { Json } from '#core/kernel/json'
import { canaryCases } from '../../workerd/secrets/canary-documents'

describe('the places that take an expression (T-01)', () => {
  const HOSTILE = "{{ ''.constructor.constructor('return this')() }}"

  it.for(Object.entries(canaryCases))('%s refuses one in each of its texts', ([type, cases]) => {
    let places = 0
    for (const { stages, more = {} } of cases) {
      for (const [path, document] of withEachText({ name: 'hostile', ...more, stages } as Json, HOSTILE)) {
        const { workflow, issues } = validateWorkflow(document, { mode: 'draft' })
        expect(workflow, path).toBeNull()
        expect(
          issues.some((issue) => issue.severity === 'error' && issue.path.startsWith(path)),
          path,
        ).toBe(true)
        places++
      }
    }
    expect([componentTypes().includes(type as never), places > 0]).toEqual([true, true])
  })

  it('are also the output of a workflow and the credentials of its triggers', () => {
    const stages = [{ id: 'a', component: 'transform', config: { value: 1 } }]
    const document = { name: 'hostile', triggers: [{ type: 'manual' }], stages }
    const key = { type: 'webhook', authentication: { type: 'api_key', key: HOSTILE } }
    const { issues } = validateWorkflow(
      { ...document, triggers: [key], output: { deep: [HOSTILE] } },
      { mode: 'draft' },
    )
    expect(issues.map(({ code, severity, path }) => `${severity} ${code} ${path}`)).toEqual([
      'error expression_invalid /output/deep/0',
      'error expression_invalid /triggers/0/authentication/key',
    ])
  })
})

/** The document once for each text of its configs that stands where expressions are evaluated, with another text there. */
function withEachText(document: Json, text: string): readonly (readonly [string, Json])[] {
  const { stages } = document as { stages: { component: string; config: Json }[] }
  return stages.flatMap(({ component, config }, at) =>
    placesOf(config, '')
      .filter((path) => !(component === 'code' && path === '/source'))
      .map((path) => [`/stages/${at}/config${path}`, replaced(document, `/stages/${at}/config${path}`, text)] as const),
  )
}

function placesOf(value: Json, path: string): readonly string[] {
  if (typeof value === 'string') return value.includes('{{') ? [path] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => placesOf(inner as Json, `${path}/${key}`))
}

function replaced(document: Json, pointer: string, text: string): Json {
  const copy = structuredClone(document)
  const keys = pointer.slice(1).split('/')
  const holder = keys
    .slice(0, -1)
    .reduce<Record<string, Json>>((inner, key) => inner[key] as Record<string, Json>, copy as never)
  holder[keys.at(-1) ?? ''] = text
  return copy
}
