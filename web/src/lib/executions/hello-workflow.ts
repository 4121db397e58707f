/** The smallest workflow worth looking at: it greets, and writes a line of log. */
export const HELLO = {
  name: 'hello',
  description: 'Greets whoever is named in its input.',
  triggers: [{ type: 'manual', inputSchema: { name: { type: 'string', required: true, default: 'world' } } }],
  stages: [
    { id: 'greet', component: 'transform', config: { value: { greeting: 'Hello, {{ input.name }}!' } } },
    {
      id: 'log-greeting',
      component: 'logger',
      depends_on: ['greet'],
      config: { level: 'info', message: '{{ stages.greet.output.greeting }}' },
    },
  ],
  output: '{{ stages.greet.output }}',
}
