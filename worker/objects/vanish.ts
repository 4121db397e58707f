/** Leaves nothing of an object on disk, its tables and its alarm included. Whoever calls it must forget what it knew. */
export async function vanish({ storage }: DurableObjectState): Promise<void> {
  await storage.deleteAlarm()
  await storage.deleteAll()
}
