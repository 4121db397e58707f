import { copyFileSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import { root } from './root.mjs'
import { run } from './run.mjs'
import { digestOf, unlessStamped } from './stamp.mjs'
import { toolEnv } from './tool-env.mjs'

const docsAssets = ['swagger-ui.css', 'swagger-ui-bundle.js']

/** Builds the dashboard into web/build, with the two files the /docs page needs, so that it works without internet. */
export async function buildWeb() {
  const digest = digestOf([
    'web',
    'worker/core',
    'package-lock.json',
    'package.json',
    'scripts/bootstrap/build-web.mjs',
  ])
  await unlessStamped(
    { stamp: 'dist/stamps/web', digest, product: 'web/build/index.html', title: 'Building the dashboard' },
    async () => {
      await run('vite', ['build', '--config', 'web/vite.config.ts', '--logLevel', 'error'], { env: toolEnv() })
      const target = path.join(root, 'web/build/docs-assets')
      mkdirSync(target, { recursive: true })
      for (const name of docsAssets)
        copyFileSync(path.join(root, 'node_modules/swagger-ui-dist', name), path.join(target, name))
    },
  )
}
