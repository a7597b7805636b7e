# What several pictures of whole answers say, and those of stairs, layers, routes and refinements.

pictures-waiting = The picture appears when the first answer is being written.
pictures-nobody = nobody
pictures-writing = writing …
pictures-no-answer = no answer
pictures-right = right
pictures-wrong = wrong
pictures-to = { " to " }
pictures-many-tied = { $n } answers with { $votes ->
    [one] one vote
   *[other] { $votes } votes
  } each
pictures-tokens = { $n ->
    [one] 1 token
   *[other] { $shown } tokens
  }
pictures-show-all = Show all
pictures-show-less = Show less
pictures-show-all-of = Show all: { $name }

staircase-title = One step at a time, the cheapest first
staircase-about = { $n ->
    [0] A member answers; the next one is asked only if too few of its answers agree.
    [one] Each member answers once, and one answer always agrees with itself: the first member is believed.
   *[other] Each member answers { $n } times. The next one is asked only if too few of these answers agree.
  }
staircase-step = Step { $n }
staircase-threshold = threshold { $threshold }
staircase-agreement = Agreement { $agreement }, threshold { $threshold }
staircase-asking = { $name } is being asked.
staircase-outcome-stopped = Stopped at step { $step } of { $steps }: enough answers of { $name } agree. { $spared ->
    [one] One member was never asked, which is what this saved.
   *[other] { $spared } members were never asked, which is what this saved.
  }
staircase-outcome-stopped-last = Only the answers of { $name }, the last of { $steps }, agree often enough: nothing was saved.
staircase-outcome-last = No member reached the threshold. The answer of { $name } stands.
staircase-tied = A tie, { $score }; the first was taken.
staircase-waiting = Waits
staircase-writing = Is being asked
staircase-passed = Too little agreement: the next one is asked
staircase-taken = Its answer stands
staircase-stopped = { $enough ->
    [yes] Enough agreement: its answer stands
   *[no] { $last ->
       [yes] The last one: its answer stands
      *[no] Asked no further
     }
  }
staircase-failed = Gave no answers
staircase-spared = Never asked: saved
staircase-unasked = Not asked
staircase-answers = { $n ->
    [one] Its answer
   *[other] Its { $n } answers
  }
staircase-table = The steps as a table
staircase-head-member = member
staircase-head-answers = answers
staircase-head-agreement = agreement
staircase-head-state = what happened
staircase-head-tokens = tokens

layers-title = Answers written from answers
layers-about = A line from one answer to the next says that it was read for it. Point at an answer to see only its lines.
layers-running = Layer { $n } of { $of }
layers-outcome = { $name } wrote the last answer from { $answers ->
    [one] one answer
   *[other] { $answers } answers
  } in { $layers ->
    [one] one layer
   *[other] { $layers } layers
  } before it.
layers-layer = Layer { $n }
layers-last = Layer { $n }: the answer
layers-sample = { $name }, answer { $n }
layers-to-come = still to come
layers-read = { $n ->
    [one] one answer is read by all of the next layer
   *[other] { $n } answers are read by all of the next layer
  }
layers-table = The layers as a table
layers-head-layer = layer
layers-head-member = member
layers-head-answer = answer
layers-head-read = answers read

routing-title = One prompt, one member
routing-router = Router
routing-by-likeness = Only the member whose strength is most like the prompt answers. Likeness goes from 0 to 1.
routing-by-agreement = The member whose answers agree most is chosen. Agreement goes from 0 to 1.
routing-by-verdict = The member that the verdict names is chosen.
routing-prompt = Prompt
routing-answers = answers
routing-likeness = likeness
routing-chosen = { $name } answers, with { $score } against { $other } for { $next }.
routing-chosen-alone = { $name } answers, with { $score }.
routing-tied = A tie: { $name } and another member both have { $score }. The first was taken.
routing-blind = The prompt is like none of the strengths. { $name }, the first member, answers.
routing-table = The scores as a table
routing-head-member = member
routing-head-strength = strength

refine-title = Draft, criticism, next draft
refine-about = One model answers, looks for mistakes in its own answer, and writes it again.
refine-draft = First draft
refine-version = Version { $n }
refine-criticism = Criticism { $n }
refine-blank = Nothing was written.
refine-marks = Against the version before:
refine-new = new
refine-gone = gone
refine-same = Word for word the same as before.
refine-changed = After { $n ->
    [one] one revision
   *[other] { $n } revisions
  } the answer went from { $before } to { $after }.
refine-kept = { $n ->
    [one] One revision
   *[other] { $n } revisions
  } did not change the answer, { $after }.
refine-kept-all = The first draft stands: { $after }.
refine-satisfied = The last criticism led to no other version.
refine-table = The versions as a table
refine-head-version = version
refine-head-answer = answer
refine-head-criticism = criticism

compared-samples = Answers of its samples
compared-answers = Answers, { $title }
compared-title-next = ,{" "}
compared-round = round
compared-running = running …
compared-failed = failed: { $problem }
compared-stopped = stopped
compared-waiting = { $n } more to come.
compared-stale = These answers belong to another set-up.
compared-letters = Equal answers have the same letter.
compared-spent = What each way spent
compared-head-way = way
compared-head-answer = answer
compared-head-messages = messages
compared-head-rounds = tokens by round
compared-head-tokens = tokens
compared-head-reused = from the cache
compared-head-time = time
