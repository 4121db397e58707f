import { WorkerEntrypoint } from 'cloudflare:workers'
import { report } from '../log/report'

/** Whose code a gateway stands before. */
export type EgressProps = { readonly organizationId: string; readonly versionId: string }

/**
 * The outbound of every isolate of tenant code. A stage's fetch goes through its caller, where policy, secrets and limits
 * are those of an http_request; what arrives here has gone around that, and is answered 403 and nothing else. Sockets fail
 * because there is no handler for them.
 */
export class EgressGateway extends WorkerEntrypoint<unknown, EgressProps> {
  override fetch(): Response {
    const { organizationId, versionId } = this.ctx.props
    report('code_reached_out', { organizationId, versionId })
    return Response.json({ code: 'egress_denied' }, { status: 403 })
  }
}
