import { WorkerEntrypoint } from 'cloudflare:workers'
import { report } from '../log/report'

/**
 * The outbound of every isolate of tenant code. A stage's fetch goes through its caller, where policy, secrets and limits
 * are those of an http_request; what arrives here has gone around that, and is answered 403 and nothing else. Sockets fail
 * because there is no handler for them.
 */
export class EgressGateway extends WorkerEntrypoint {
  override fetch(): Response {
    report('code_reached_out', {})
    return Response.json({ code: 'egress_denied' }, { status: 403 })
  }
}
