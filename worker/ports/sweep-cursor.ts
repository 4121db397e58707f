/** How far a sweep got that does not do everything at once; '' at the start. */
export type SweepCursor = {
  read(): Promise<string>
  move(after: string): Promise<void>
}
