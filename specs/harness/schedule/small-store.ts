import {
  type Execution,
  isSameStep,
  type Step,
  type Stride,
  type Taken,
} from "../../../harness/schedule/execution.ts";
import { type Footprint, nothing, together } from "../../../harness/schedule/footprint.ts";

/** What a session does next: it keeps the last number that it read and writes what follows from it. */
export type Operation =
  | { readonly kind: "read" | "write"; readonly variable: string }
  | { readonly kind: "commit" | "rollback" };

/**
 * A store in memory with the rules of READ COMMITTED: reads see what is committed, or one's own; writers of one variable
 * wait for each other's end; who would wait in a circle is rolled back. Small enough to be run under every schedule.
 */
export class SmallStore implements Execution {
  readonly #sessions: readonly SmallSession[];
  readonly #committed = new Map<string, string>();

  constructor(programs: readonly (readonly Operation[])[]) {
    this.#sessions = programs.map((steps) => ({
      steps,
      at: 0,
      kept: "0",
      own: new Map(),
      reads: new Set(),
      waitsFor: undefined,
    }));
  }

  enabled(): readonly Step[] {
    return this.#sessions.flatMap((each, session) =>
      each.at < each.steps.length && each.waitsFor === undefined
        ? [{ session, from: String(each.at) }]
        : [],
    );
  }

  take(step: Step, stride: Stride): Promise<readonly Taken[]> {
    const taken: Taken[] = [];
    for (let next: Step | undefined = step; next !== undefined; next = this.#after(next, stride)) {
      const found = this.#settle(this.#step(this.#at(step.session)));
      const footprint = this.footprint(found, taken.length > 0);
      taken.push({ step: next, footprint, enabled: this.enabled() });
      if (footprint === undefined) break;
    }
    return Promise.resolve(taken);
  }

  /** What is told of a footprint; whether its step was taken after another without a stop in between. */
  protected footprint(found: Footprint, _isFurther: boolean): Footprint | undefined {
    return found;
  }

  /** All that anybody can tell afterwards: what is committed, and what each session read last. */
  state(): string {
    const variables = [...this.#committed].map(([name, value]) => `${name}=${value}`);
    return [...variables.toSorted(), ...this.#sessions.map(({ kept }) => kept)].join(" ");
  }

  /** What the same session does within the stride. */
  #after({ session }: Step, stride: Stride): Step | undefined {
    if (stride === "one") return undefined;
    const next = this.enabled().find((each) => each.session === session);
    if (next === undefined) return undefined;
    if (stride !== "far")
      return stride.until !== undefined && isSameStep(next, stride.until) ? undefined : next;
    return this.#sessions.some(({ waitsFor }) => waitsFor !== undefined) ? undefined : next;
  }

  #step(session: SmallSession): Footprint {
    const step = session.steps[session.at];
    if (step === undefined) return nothing;
    if (step.kind === "read") {
      session.kept = session.own.get(step.variable) ?? this.#committed.get(step.variable) ?? "0";
      session.reads.add(step.variable);
    } else if (step.kind === "write") {
      const holder = this.#sessions.find((each) => each !== session && each.own.has(step.variable));
      if (holder !== undefined) return this.#wait(session, holder, step.variable);
      session.own.set(step.variable, `${session.kept}+${this.#sessions.indexOf(session)}`);
    } else {
      return this.#end(session, step.kind);
    }
    session.at += 1;
    return touched(session);
  }

  #wait(session: SmallSession, holder: SmallSession, variable: string): Footprint {
    const footprint = together(touched(session), { ...nothing, writes: new Set([variable]) });
    session.waitsFor = holder;
    for (let next = holder.waitsFor; next !== undefined; next = next.waitsFor) {
      if (next !== session) continue;
      session.waitsFor = undefined;
      session.at = session.steps.length;
      return together(footprint, this.#end(session, "rollback"));
    }
    return footprint;
  }

  #end(session: SmallSession, how: "commit" | "rollback"): Footprint {
    if (how === "commit") for (const [name, value] of session.own) this.#committed.set(name, value);
    const footprint = { ...touched(session), ends: new Set(session.own.keys()) };
    session.own.clear();
    session.reads.clear();
    session.at += 1;
    return footprint;
  }

  /** Those who waited for what is free now go on, in the order of sessions, as part of the step that freed it. */
  #settle(taken: Footprint): Footprint {
    let all = taken;
    for (const each of this.#sessions) {
      const step = each.steps[each.at];
      if (each.waitsFor === undefined || step?.kind !== "write") continue;
      if (each.waitsFor.own.has(step.variable)) continue;
      each.waitsFor = undefined;
      all = together(all, this.#step(each));
    }
    return all;
  }

  #at(index: number): SmallSession {
    const session = this.#sessions[index];
    if (session === undefined) throw new Error(`there is no session ${index}`);
    return session;
  }
}

interface SmallSession {
  readonly steps: readonly Operation[];
  at: number;
  kept: string;
  readonly own: Map<string, string>;
  readonly reads: Set<string>;
  waitsFor: SmallSession | undefined;
}

function touched({ own, reads }: SmallSession): Footprint {
  return { ...nothing, reads: new Set(reads), writes: new Set(own.keys()) };
}
