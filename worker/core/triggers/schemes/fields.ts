import * as z from 'zod'

const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/

export const HeaderName = z.string().max(100).regex(HEADER_NAME, 'A header name has no spaces and no colon.')

export const Credential = z.string().min(1, 'An empty credential would let anybody in.').max(4_096)

export const PreviousCredential = Credential.optional().meta({
  description: 'The one that is being replaced; accepted as well until it is taken out.',
})

/** Two secrets may be in force while a new one spreads. */
export const sharedSecret = { secret: Credential, previousSecret: PreviousCredential }

/** How far the time a sender wrote may be from ours, either way. */
export const tolerance = {
  toleranceSeconds: z.int().min(1).max(3_600).default(300).meta({
    description: 'How old a call may be, or how far ahead its clock, in seconds.',
  }),
}

/** For signatures of the body alone. */
export const bodyDedupe = {
  dedupe: z.enum(['body']).optional().meta({ description: 'body: the same bytes start one execution in eight days.' }),
}

/** For signatures of the body alone beside a header that names the delivery. */
export const deliveryDedupe = {
  dedupe: z.enum(['body', 'delivery_id']).optional().meta({
    description:
      'body: the same bytes start one execution in eight days. delivery_id: the same id does, but the signature does not cover it.',
  }),
}
