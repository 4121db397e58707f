// Runs before the first paint, so that a dark page never flashes white.
const chosen = localStorage.getItem('millrace-theme')
const preferred = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
document.documentElement.dataset.theme = chosen === 'dark' || chosen === 'light' ? chosen : preferred
