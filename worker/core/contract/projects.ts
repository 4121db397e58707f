import * as z from 'zod'
import { nameShape } from './name-shape'
import { defineOperation } from './operation'
import { IdParam, Instant, pageOf, pageQuery } from './page'
import { PROJECT_ROLES } from './scopes'

const ProjectShape = z
  .object({
    id: z.string(),
    name: z.string(),
    restricted: z.boolean(),
    createdAt: Instant,
    workflowCount: z.int().describe('Workflows in it that one may see'),
    memberCount: z
      .int()
      .nullable()
      .describe('People listed as its members; null for who does not decide about members'),
  })
  .meta({ id: 'Project' })

const ProjectRoleShape = z
  .enum(PROJECT_ROLES)
  .nullable()
  .meta({ description: 'What they may do in this project beyond their role in the organization; null: nothing more' })

const ProjectMemberShape = z
  .object({ id: z.string(), email: z.string(), role: ProjectRoleShape })
  .meta({ id: 'ProjectMember' })

const MemberParams = z.object({ id: z.string(), userId: z.string() })

/** The calls about folders of workflows. */
export const projectOperations = {
  listProjects: defineOperation({
    method: 'GET',
    path: '/v1/projects',
    tag: 'Projects',
    summary: 'Lists the projects one may look into',
    scope: 'workflows:read',
    query: z.strictObject(pageQuery('proj')),
    responses: { 200: pageOf(ProjectShape) },
  }),
  createProject: defineOperation({
    method: 'POST',
    path: '/v1/projects',
    tag: 'Projects',
    summary: 'Makes a project; restricted, it is open to its members and to admins and owners',
    scope: 'members:write',
    body: z.strictObject({ name: nameShape(100), restricted: z.boolean().default(false) }),
    responses: { 201: ProjectShape },
    refusals: ['project_name_taken'],
  }),
  getProject: defineOperation({
    method: 'GET',
    path: '/v1/projects/{id}',
    tag: 'Projects',
    summary: 'Reads a project; one that is closed to who asks does not exist',
    scope: 'workflows:read',
    params: IdParam,
    responses: { 200: ProjectShape },
  }),
  changeProject: defineOperation({
    method: 'PATCH',
    path: '/v1/projects/{id}',
    tag: 'Projects',
    summary: 'Renames, restricts or opens a project',
    scope: 'members:write',
    params: IdParam,
    body: z.strictObject({ name: nameShape(100).optional(), restricted: z.boolean().optional() }),
    responses: { 200: ProjectShape },
    refusals: ['project_name_taken', 'project_kept'],
  }),
  removeProject: defineOperation({
    method: 'DELETE',
    path: '/v1/projects/{id}',
    tag: 'Projects',
    summary: 'Removes a project that never held a workflow',
    scope: 'members:write',
    params: IdParam,
    responses: { 204: null },
    refusals: ['project_kept'],
  }),
  listProjectMembers: defineOperation({
    method: 'GET',
    path: '/v1/projects/{id}/members',
    tag: 'Projects',
    summary: 'Lists the members of a project',
    scope: 'members:write',
    params: IdParam,
    responses: { 200: z.object({ items: z.array(ProjectMemberShape), nextCursor: z.null() }) },
  }),
  addProjectMember: defineOperation({
    method: 'PUT',
    path: '/v1/projects/{id}/members/{userId}',
    tag: 'Projects',
    summary: 'Lets a member of the organization into a project, and says what they may do there',
    scope: 'members:write',
    params: MemberParams,
    body: z.strictObject({ role: ProjectRoleShape.default(null) }),
    bodyOptional: true,
    responses: { 204: null },
  }),
  removeProjectMember: defineOperation({
    method: 'DELETE',
    path: '/v1/projects/{id}/members/{userId}',
    tag: 'Projects',
    summary: 'Shuts a member out of a project, from their next request on',
    scope: 'members:write',
    params: MemberParams,
    responses: { 204: null },
  }),
}
