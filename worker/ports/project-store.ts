import type { Page, PageQuery } from '#core/contract/page'
import type { ProjectRole } from '#core/contract/scopes'
import type { EpochMs } from '#core/kernel/time'

export type ProjectRow = {
  readonly id: string
  readonly name: string
  readonly isRestricted: boolean
  readonly createdAt: EpochMs
}

export type ProjectCounts = { readonly workflows: number; readonly members: number }

export type ProjectChange = { readonly name?: string | undefined; readonly isRestricted?: boolean | undefined }

export type ProjectMember = {
  readonly id: string
  readonly email: string
  /** Null: what their role in the organization allows. */
  readonly role: ProjectRole | null
}

/** The projects of one organization, and who is in them. */
export type ProjectStore = {
  /** False when the name is taken. */
  insert(row: ProjectRow): Promise<boolean>
  find(id: string): Promise<ProjectRow | null>
  findByName(name: string): Promise<ProjectRow | null>
  list(query: PageQuery & { readonly without: readonly string[] }): Promise<Page<ProjectRow>>
  /** By project, how many are listed as its members and how many workflows are in it: of all, or of those named. */
  counts(ids: readonly string[], workflowIds: readonly string[] | null): Promise<ReadonlyMap<string, ProjectCounts>>
  /** False when the name is taken. */
  change(id: string, change: ProjectChange): Promise<boolean>
  /** Removes with its members. False when workflows are in it. */
  remove(id: string): Promise<boolean>
  members(id: string): Promise<readonly ProjectMember[]>
  /** Who is a member already gets the role. */
  addMember(
    id: string,
    member: { readonly userId: string; readonly role: ProjectRole | null; readonly at: EpochMs },
  ): Promise<void>
  /** False when they were none. */
  removeMember(id: string, userId: string): Promise<boolean>
}
