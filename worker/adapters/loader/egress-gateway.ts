import { WorkerEntrypoint } from 'cloudflare:workers'
import { report } from '../log/report'

/** Whose code a gateway stands before. */
export type EgressProps = { readonly organizationId: string; readonly versionId: string }

/**
 * The outbound of every isolate of tenant code. A stage's fetch goes through its caller, where policy, secrets and limits
 * are those of an http_request; what arrives here has gone around that: requests are answered 403 and nothing else, sockets are closed.
 */
export class EgressGateway extends WorkerEntrypoint<unknown, EgressProps> {
  override fetch(): Response {
    this.#report()
    return Response.json({ code: 'egress_denied' }, { status: 403 })
  }

  override async connect(socket: Socket): Promise<void> {
    this.#report()
    await socket.close()
  }

  #report(): void {
    const { organizationId, versionId } = this.ctx.props
    report('code_reached_out', { organizationId, versionId })
  }
}
