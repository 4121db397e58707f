/** Whether a request carries a bearer token. Which one does not matter here, that the secret arrived does. */
export const hasBearer = ({ headers }) => /^Bearer \S+$/.test(headers.authorization ?? '')
