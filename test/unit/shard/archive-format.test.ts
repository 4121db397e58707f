import { describe, expect, it } from 'vitest'
import type { ArchivedExecution } from '#core/shard/archive'
import { formatArchived, parseArchived } from '#core/shard/archive-format'

const archived: ArchivedExecution = {
  summary: {
    id: 'exec_1',
    organizationId: 'org_1',
    workflowId: 'workflow_1',
    workflowName: 'orders “quoted” \\ and\nbroken',
    deploymentId: 'deploy_1',
    environment: 'production',
    version: 'v1',
    status: 'completed',
    trigger: 'webhook',
    triggerId: 'webhook',
    actorId: null,
    actorEmail: null,
    acceptedAt: 1,
    startedAt: 2,
    startsAt: null,
    expiresAt: null,
    endedAt: 3,
    errorCode: null,
    errorMessage: null,
    errorStage: null,
    test: false,
    replayOf: null,
    parentExecutionId: null,
    tags: ['nightly'],
    rev: 9,
  },
  record: {
    id: 'exec_1',
    seq: 7,
    pin: 1,
    status: 'completed',
    cause: { type: 'webhook', triggerId: 'webhook', actor: null },
    payload: '{"text":"a \\"quoted\\" word","deep":{"list":[1,null,true]}}',
    acceptedAt: 1,
    deadlineAt: 4,
    result: '{"output":{"ok":true},"error":null,"startedAt":2,"endedAt":3}',
    journal: ['{"v":1,"type":"stage_succeeded","output":"ü\\n"}', '{"v":1,"type":"timer_fired"}'],
    events: 2,
  },
  release: { releaseId: 'rel_1', versionId: 'version_1' },
}

describe('an archived execution', () => {
  it('is read as it was written', () => {
    expect(parseArchived(formatArchived(archived))).toEqual(archived)
  })

  it('may have no result, no events and no release', () => {
    const bare = { ...archived, release: null, record: { ...archived.record, result: null, journal: [], events: 0 } }
    expect(parseArchived(formatArchived(bare))).toEqual(bare)
  })

  it('quotes nothing twice', () => {
    expect(formatArchived(archived)).not.toContain('\\\\\\"')
    expect(formatArchived(archived)).toContain('"journal":[{"v":1,')
  })

  it('of a format nobody knows is refused instead of misread', () => {
    const other = formatArchived(archived).replace('{"v":1,"summary"', '{"v":2,"summary"')
    expect(() => parseArchived(other)).toThrow(/"v"/)
  })
})
