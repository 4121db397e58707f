import type { EgressPolicy } from './egress-policy'

type DevelopmentEgress = Pick<EgressPolicy, 'allowHosts' | 'hostMap'>

/** The environment's settings as text; absent and empty mean the same. */
export type EgressSettings = {
  readonly ENVIRONMENT?: string
  readonly MILLRACE_DEV_ALLOW_HOSTS?: string
  readonly MILLRACE_DEV_HOST_MAP?: string
}

const HOST = /^(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])$/

/**
 * `MILLRACE_DEV_ALLOW_HOSTS=host:port,…` and `MILLRACE_DEV_HOST_MAP=name=http://host:port,…`, which let a local installation
 * reach stand-ins. Throws when one is set outside development, or cannot be read: a service never starts half open.
 */
export function parseDevelopmentEgress(settings: EgressSettings): DevelopmentEgress {
  const allowed = entriesOf(settings.MILLRACE_DEV_ALLOW_HOSTS)
  const mapped = entriesOf(settings.MILLRACE_DEV_HOST_MAP)
  if (settings.ENVIRONMENT !== 'development') {
    refuseOutside('MILLRACE_DEV_ALLOW_HOSTS', allowed)
    refuseOutside('MILLRACE_DEV_HOST_MAP', mapped)
  }
  return { allowHosts: new Set(allowed.map(hostAndPort)), hostMap: new Map(mapped.map(nameAndStandIn)) }
}

function entriesOf(setting: string | undefined): string[] {
  return (setting ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
}

function refuseOutside(name: string, entries: readonly string[]): void {
  if (entries.length > 0) throw new Error(`${name} is set, but it is only for ENVIRONMENT=development. Remove it.`)
}

function hostAndPort(entry: string): string {
  const match = /^(.+):([0-9]{1,5})$/.exec(entry.toLowerCase())
  const [, host = '', port = ''] = match ?? []
  if (!HOST.test(host) || Number(port) < 1 || Number(port) > 65_535) {
    throw new Error(`MILLRACE_DEV_ALLOW_HOSTS: "${entry}" is not host:port, such as 127.0.0.1:9001.`)
  }
  return `${host}:${Number(port)}`
}

function nameAndStandIn(entry: string): readonly [string, URL] {
  const split = entry.indexOf('=')
  const name = entry.slice(0, Math.max(split, 0)).trim().toLowerCase()
  const base = entry.slice(split + 1).trim()
  if (!HOST.test(name) || !/^https?:\/\//i.test(base) || !URL.canParse(base)) {
    throw new Error(
      `MILLRACE_DEV_HOST_MAP: "${entry}" is not name=http://host:port, such as api.github.com=http://127.0.0.1:9001.`,
    )
  }
  return [name, new URL(base)]
}
