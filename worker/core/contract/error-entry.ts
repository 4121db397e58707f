/** One refusal the API can answer with. `hint` says what to do next; a call may add its own detail. */
export type ErrorEntry = { readonly status: number; readonly title: string; readonly hint: string }
