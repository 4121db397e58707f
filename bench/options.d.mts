export function readOptions(
  args: readonly string[],
  names: readonly string[],
): { quick: boolean; only: string[]; json: string | undefined }
