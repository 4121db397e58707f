// The register: one line per component; nothing else lives here.
export { conditional } from './conditional'
export { delay } from './delay'
export { generator } from './generator'
export { httpRequest } from './http-request'
export { logger } from './logger'
export { switchComponent } from './switch'
export { transform } from './transform'
export { trycatch } from './trycatch'
