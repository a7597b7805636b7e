# Rounds: who read whom, and what the answers came to.

rounds-steps = Rounds
rounds-play = Play the rounds again
rounds-title-alone = Everyone alone
rounds-title-round = Round { $n }
rounds-title-layer = Layer { $n }
rounds-title-answers = The answers
rounds-title-verdict = Verdict { $n }
rounds-title-sample = Sample { $n }
rounds-title-chosen = The chosen member
rounds-title-steps = Step by step
rounds-title-draft = First draft
rounds-title-criticism = Criticism { $n }
rounds-title-mended = Version { $n }
rounds-title-candidate = Candidate { $n }
rounds-read = { $n ->
    [one] one answer of another read
   *[other] { $n } answers of others read
  }
rounds-tokens = { $n ->
    [one] one token in and out
   *[other] { $shown } tokens in and out
  }
rounds-empty = Nobody answered in this round.
rounds-empty-yet = Nobody has answered in this round yet.
rounds-outcome-nobody = Nobody came to an answer.
rounds-outcome-unanimous = { $after ->
    [0] Before any exchange, { $given ->
        [1] the only answer is
       *[other] all { $given } agree:
      }
    [one] After one round of exchange, { $given ->
        [1] the only answer is
       *[other] all { $given } agree:
      }
   *[other] After { $after } rounds of exchange, { $given ->
        [1] the only answer is
       *[other] all { $given } agree:
      }
  }
rounds-outcome-most = { $after ->
    [0] Before any exchange, { $votes } of { $given } say
    [one] After one round of exchange, { $votes } of { $given } say
   *[other] After { $after } rounds of exchange, { $votes } of { $given } say
  }
rounds-outcome-tied = { $after ->
    [0] Before any exchange there is a tie, { $score }; the first was taken:
    [one] After one round of exchange there is a tie, { $score }; the first was taken:
   *[other] After { $after } rounds of exchange there is a tie, { $score }; the first was taken:
  }
rounds-answer = Answer:
rounds-answer-tied = A tie, { $score }; the first was taken:
rounds-chosen-likeness = Chosen because its strength is most like the prompt:
rounds-chosen-agreement = Chosen because most of the others gave the same answer:
rounds-chosen-verdict = Chosen by the verdict:
rounds-before = before:
rounds-confidence = confidence
    .about = The share of its answers so far that are its most frequent one.
rounds-graph = { $title }: who reads whom, { $n ->
    [0] no messages
    [one] one message
   *[other] { $n } messages
  }
rounds-graph-none = Nobody reads anybody in this round.
rounds-graph-few = Each arrow is a message. Point at an agent to see only its own.
rounds-graph-many = Each line is a pair that reads one another’s answers. Point at an agent to see its messages.
rounds-agent = { $name }, reads { $heard ->
    [0] nobody
    [one] one other
   *[other] { $heard } others
  }
rounds-minds = Who changed their mind
rounds-course = Answers by round
rounds-changes = { $n ->
    [0] Nobody gave another answer than before.
    [one] One change of mind.
   *[other] { $n } changes of mind.
  }
rounds-changes-known = From wrong to right: { $right }. From right to wrong: { $wrong }. From one wrong answer to another: { $between }.
rounds-truth = Right answer: { $truth }
rounds-truth-unknown = Give the right answer among the settings, and every change is marked as right or wrong.
rounds-changes-table = Every change and whom it followed
rounds-head-when = when
rounds-head-who = agent
rounds-head-answer = answer
rounds-head-read = had just read that answer from
rounds-head-turn = change
rounds-read-nobody = nobody
rounds-turn-to-right = wrong to right
rounds-turn-to-wrong = right to wrong
rounds-turn-between-wrong = wrong to wrong
rounds-turn-unknown = changed
rounds-costs = What a round costs
    .about = How many answers are read in a round, one’s own among them, if these agents were joined in another way.
rounds-head-topology = who reads whom
rounds-head-messages = answers read
rounds-here = (here)
rounds-topology-memory = Everyone
rounds-topology-report = Hub
rounds-topology-relay = Ring
rounds-topology-debate = Pairs
