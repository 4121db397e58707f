/** What a person sees once the server answers. */
export const welcome = (url, demo) => `
  Millrace is running.

  Dashboard   ${url}
  Login       ${demo.email}
  Password    ${demo.password}
  API key     ${demo.apiKey}

  Send the deployed example an order:

  curl -X POST '${new URL(demo.webhookPath, url)}' -H 'Content-Type: application/json' -H 'X-API-Key: ${demo.webhookKey}' -d '{"orderId":"12345","amount":99.99,"currency":"USD"}'
`
