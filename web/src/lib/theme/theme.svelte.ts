type ThemeName = 'light' | 'dark'

/** Light or dark: the system's choice until the reader makes one. `theme.js` set it before the first paint. */
class Theme {
  name = $state<ThemeName>(document.documentElement.dataset['theme'] === 'dark' ? 'dark' : 'light')

  toggle(): void {
    this.name = this.name === 'dark' ? 'light' : 'dark'
    document.documentElement.dataset['theme'] = this.name
    localStorage.setItem('millrace-theme', this.name)
  }
}

export const theme = new Theme()
