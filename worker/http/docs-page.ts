import { pageShell } from './page-shell'

/** A page to read and try the API. Its script and style are served by us, so that it works without internet. */
export function docsPage(nonce: string): Response {
  return pageShell(
    {
      title: 'Millrace API',
      head: '<link rel="stylesheet" href="/docs-assets/swagger-ui.css">\n<style>body { margin: 0; } .topbar { display: none; }</style>',
      body: `<div id="api"></div>
<noscript>The contract is at <a href="/v1/openapi.json">/v1/openapi.json</a>, the errors at <a href="/docs/errors">/docs/errors</a>.</noscript>
<script src="/docs-assets/swagger-ui-bundle.js"></script>
<script nonce="${nonce}">
SwaggerUIBundle({ url: '/v1/openapi.json', dom_id: '#api', deepLinking: true, validatorUrl: null, persistAuthorization: false })
</script>`,
    },
    nonce,
  )
}
