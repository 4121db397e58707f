/** How much an isolate has to do: `count` stands for a request until it is answered. */
export type Traffic = {
  readonly count: (answer: Response | Promise<Response>) => Response | Promise<Response>
  /** Requests that wait for their answer. One that was cut off may stay among them. */
  readonly underWay: () => number
}

/** Counts the requests of one isolate, for work that can wait until they are answered. */
export function createTraffic(): Traffic {
  let underWay = 0
  return {
    count(answer) {
      if (answer instanceof Response) return answer
      underWay += 1
      return answer.finally(() => (underWay -= 1))
    },
    underWay: () => underWay,
  }
}
