/**
 * Ways to break what the engine promises. Each replaces text of shipped files; text that is no longer there exactly once
 * is an error, so that a mutation cannot silently stop being one. `caughtBy`: the suites (suites.mjs) that are asked, in order.
 */
export const mutations = [
  {
    id: 'a1',
    breaks: 'dedupe: a sender’s key is not looked up',
    caughtBy: ['simulation', 'unit', 'workerd'],
    patches: [{ file: 'worker/core/shard/admission.ts', find: 'shard.store.findKey(request.key)', put: 'null' }],
  },
  {
    id: 'a2',
    breaks: 'dedupe: the nonce of a repeated call is not looked up',
    caughtBy: ['simulation', 'unit', 'workerd'],
    patches: [
      {
        file: 'worker/core/shard/admission.ts',
        find: 'shard.store.findNonce(request.nonce, now - NONCE_WINDOW_MS)',
        put: 'null',
      },
    ],
  },
  {
    id: 'b1',
    breaks: 'fencing: any token is taken for the holder’s',
    caughtBy: ['simulation', 'unit', 'workerd'],
    patches: [{ file: 'worker/core/shard/lease.ts', find: 'entry.token !== token || ', put: '' }],
  },
  {
    id: 'b2',
    breaks: 'fencing: a runner starts effects after its own lease ended',
    caughtBy: ['simulation', 'unit', 'workerd'],
    patches: [
      {
        file: 'worker/services/runner/lease-clock.ts',
        find: 'mayStart: () => clock() < endsAt - FENCE_MARGIN_MS',
        put: 'mayStart: () => true',
      },
    ],
  },
  {
    id: 'c1',
    breaks: 're-ringing: an unanswered doorbell is not rung again',
    // The simulation does not come to an end with it, not within minutes.
    caughtBy: ['unit', 'workerd'],
    patches: [{ file: 'worker/core/shard/tick.ts', find: 'ringAgain(memory, now)', put: '0' }],
  },
  {
    id: 'c2',
    breaks: 're-ringing: a lease that ran out brings nobody',
    caughtBy: ['unit', 'workerd', 'simulation'],
    patches: [
      {
        file: 'worker/core/shard/tick.ts',
        find: '    else if (began) makeReady(memory, entry, now)\n    else neverBegan.push(entry)\n',
        put: '    else void began\n',
      },
    ],
  },
  {
    id: 'd',
    breaks: 'version pin: an execution runs on the release that is live when it is claimed',
    caughtBy: ['simulation', 'unit', 'workerd'],
    patches: [
      {
        file: 'worker/core/shard/work.ts',
        find: '    pin: entry.pin,',
        put: '    pin: parts.active,',
      },
      {
        file: 'worker/core/shard/claim.ts',
        find: 'chosen.map((entry) => entry.pin)',
        put: 'chosen.map((entry) => memory.meta?.config.active ?? entry.pin)',
      },
      {
        file: 'worker/core/shard/claim.ts',
        find: '      workOf({\n',
        put: '      workOf({\n        active: meta.config.active ?? entry.pin,\n',
      },
      {
        file: 'worker/core/shard/admission.ts',
        find: 'return workOf({ entry,',
        put: 'return workOf({ active: shard.memory.meta.config.active ?? entry.pin, entry,',
      },
    ],
  },
  {
    id: 'e',
    breaks: 'write barrier: an unsafe effect leaves before what it builds on is durable',
    caughtBy: ['simulation', 'unit', 'workerd'],
    patches: [
      {
        file: 'worker/services/runner/slice.ts',
        find: "stage.safety === 'unsafe' && buffer.committed() < effect.afterEvent",
        put: 'false',
      },
    ],
  },
  {
    id: 'f1',
    breaks: 'lending: what others hold is lent once more',
    caughtBy: ['simulation', 'unit'],
    patches: [
      {
        file: 'worker/core/shard/lending.ts',
        find: 'Math.min(share, free)',
        put: 'share',
      },
    ],
  },
  {
    id: 'f2',
    breaks: 'lending: what was given back counts before a later loan was heard of',
    caughtBy: ['unit'],
    patches: [
      {
        file: 'worker/core/shard/lending.ts',
        find: 'if (answer.no < known.no)',
        put: 'if (false)',
      },
    ],
  },
  {
    id: 'g1',
    breaks: 'run ahead: an execution counts as run although it would have had to wait',
    caughtBy: ['workerd'],
    patches: [
      {
        file: 'worker/core/shard/ran.ts',
        find: ' && isRoomAtOnce(memory)',
        put: '',
      },
    ],
  },
  {
    id: 'g2',
    breaks: 'run ahead: a sender is told what a run came to that its shard did not take',
    caughtBy: ['simulation', 'workerd'],
    patches: [
      {
        file: 'worker/services/ingress.ts',
        find: 'answer.ended === true && ahead !== null && {',
        put: 'ahead !== null && {',
      },
    ],
  },
]
