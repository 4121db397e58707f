/** Leaves nothing of an object on disk, its alarm included. What is still in memory ends with the answer that says so. */
export async function vanish(ctx: DurableObjectState): Promise<void> {
  await ctx.storage.deleteAlarm()
  await ctx.storage.deleteAll()
  setTimeout(() => ctx.abort('Everything this object held was removed.'), 0)
}
