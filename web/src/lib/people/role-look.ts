import { isWithinRole, type Role, ROLES } from '#core/contract/scopes'

/** How each role reads, and what it adds to the one before. */
export const ROLE_LOOK: Readonly<Record<Role, { readonly word: string; readonly may: string }>> = {
  viewer: { word: 'Viewer', may: 'Sees workflows, executions and variables.' },
  runner: { word: 'Runner', may: 'Also runs, cancels, retries and answers executions.' },
  editor: { word: 'Editor', may: 'Also writes drafts and publishes versions.' },
  deployer: { word: 'Deployer', may: 'Also deploys and rolls back, and sets variables, secrets and schedules.' },
  admin: { word: 'Admin', may: 'Also decides about members, projects and API keys, and reads the audit.' },
  owner: { word: 'Owner', may: 'May do everything, and decides about other owners.' },
}

/** The roles somebody may give and take: those up to their own. */
export function rolesWithin(own: Role): { readonly value: Role; readonly text: string }[] {
  return ROLES.filter((role) => isWithinRole(role, own)).map((value) => ({ value, text: ROLE_LOOK[value].word }))
}
