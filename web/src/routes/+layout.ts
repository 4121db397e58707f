// The dashboard is rendered in the browser only; the worker serves one page for every address.
export const ssr = false
export const prerender = false
