import { migrateTables } from './migrate-tables'

/** Column meanings are in docs/design/storage.md. Statements are never edited, only added. */
const STEPS: readonly (readonly string[])[] = [
  [
    `CREATE TABLE lent (ref TEXT NOT NULL, shard INTEGER NOT NULL, slots INTEGER NOT NULL, loan_no INTEGER NOT NULL,
      need INTEGER NOT NULL, PRIMARY KEY (ref, shard)) WITHOUT ROWID`,
  ],
]

/** Brings an OrganizationSlots object's tables to the newest form. */
export function openOrganizationTables(storage: DurableObjectStorage): void {
  migrateTables(storage, STEPS)
}
