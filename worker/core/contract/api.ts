import { accountOperations } from './account'
import { auditOperations } from './audit'
import { deadLetterOperations } from './dead-letters'
import { deliveryOperations } from './deliveries'
import { deployOperations } from './deploy'
import { deploymentOperations } from './deployments'
import { environmentOperations } from './environments'
import { executionOperations } from './executions'
import { identityOperations } from './identity'
import { organizationOperations } from './organization'
import { ownIdentityOperations } from './own-identities'
import { peopleOperations } from './people'
import { projectOperations } from './projects'
import { runOperations } from './run'
import { secondFactorOperations } from './second-factor'
import { signInWithOperations } from './sign-in-with'
import { signalOperations } from './signals'
import { testRunOperations } from './test-run'
import { versionOperations } from './versions'
import { workflowOperations } from './workflows'

/** The API: every call there is. The order matters only for reading. */
export const API = {
  ...workflowOperations,
  ...versionOperations,
  ...deployOperations,
  ...runOperations,
  ...testRunOperations,
  ...deploymentOperations,
  ...deliveryOperations,
  ...executionOperations,
  ...signalOperations,
  ...deadLetterOperations,
  ...environmentOperations,
  ...identityOperations,
  ...signInWithOperations,
  ...auditOperations,
  ...accountOperations,
  ...secondFactorOperations,
  ...ownIdentityOperations,
  ...peopleOperations,
  ...projectOperations,
  ...organizationOperations,
}

export type Api = typeof API
export type OperationName = keyof Api
