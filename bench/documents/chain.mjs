/** `count` stages, each depending on the one before it; `config(n)` is the nth one's. */
export const chain = (count, component, config) =>
  Array.from({ length: count }, (_, n) => ({
    id: `stage-${n}`,
    component,
    depends_on: n === 0 ? [] : [`stage-${n - 1}`],
    config: config(n),
  }))

/** `count` transforms that each read the one before. */
export const transforms = (count) =>
  chain(count, 'transform', (n) => ({
    value: {
      order: '{{ input.orderId }}',
      total: n === 0 ? '{{ input.amount }}' : `{{ stages.stage-${n - 1}.output.total + 1 }}`,
    },
  }))
