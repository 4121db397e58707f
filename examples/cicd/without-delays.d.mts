export function withoutDelays<Document>(document: Document): Document
