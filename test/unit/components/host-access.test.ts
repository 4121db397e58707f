import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'acorn'
import ts from 'typescript'

const worker = fileURLToPath(new URL('../../../worker', import.meta.url))

const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ESNext, verbatimModuleSyntax: true }

/** Everything that ends up in the bundle, as the JavaScript it becomes; what runs inside isolates is text here. */
const modules = readdirSync(worker, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
  .map((name) => {
    const source = readFileSync(path.join(worker, name), 'utf8')
    const { outputText: code } = ts.transpileModule(source, { compilerOptions })
    return {
      name: name.replaceAll(path.sep, '/'),
      program: parse(code, { sourceType: 'module', ecmaVersion: 'latest' }),
    }
  })

type Node = { readonly type: string; readonly [key: string]: unknown }

function* nodesOf(value: unknown): Generator<Node> {
  if (Array.isArray(value)) for (const item of value) yield* nodesOf(item)
  else if (typeof value === 'object' && value !== null && 'type' in value) {
    yield value as Node
    for (const inner of Object.values(value)) yield* nodesOf(inner)
  }
}

const nameOf = (node: unknown) => (node as { name?: string } | undefined)?.name

describe('what stages run in (T-11)', () => {
  it('loads modules of the platform by name only, and none that reads files, opens sockets or starts programs', () => {
    const used = new Set<string>()
    for (const { program } of modules) {
      for (const node of nodesOf(program)) {
        const source = (node['source'] as { value?: string } | null | undefined)?.value
        if (/^(Import|Export)/.test(node.type) && source !== undefined && !/^[.#]/.test(source)) used.add(source)
      }
    }
    const platform = [...used].filter((name) => name.startsWith('node:') || name.startsWith('cloudflare:')).toSorted()
    expect(platform).toEqual(['cloudflare:workers', 'node:buffer', 'node:crypto'])
    expect([...used].filter((name) => /^(fs|child_process|net|vm|worker_threads|os|path|module)$/.test(name))).toEqual(
      [],
    )
  })

  it('turns no text into code: no eval, no Function, no module that is computed (T-01)', () => {
    const found = modules.flatMap(({ name, program }) =>
      [...nodesOf(program)]
        .filter(
          (node) =>
            (['CallExpression', 'NewExpression'].includes(node.type) &&
              ['eval', 'Function', 'require', 'importScripts'].includes(nameOf(node['callee']) ?? '')) ||
            (node.type === 'ImportExpression' && (node['source'] as Node).type !== 'Literal') ||
            (node.type === 'MemberExpression' && nameOf(node['object']) === 'WebAssembly'),
        )
        .map(({ type }) => `${name}: ${type}`),
    )
    expect(found).toEqual([])
  })

  it('hands the loader of isolates to one adapter', () => {
    const loading = modules.filter(({ program }) =>
      [...nodesOf(program)].some((node) => node.type === 'MemberExpression' && nameOf(node['property']) === 'LOADER'),
    )
    expect(loading.map(({ name }) => name)).toEqual(['compose.ts'])
  })
})
