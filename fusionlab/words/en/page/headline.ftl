# The answer, what is to be said of it, and its cost in one line.

headline-answer = Answer
headline-elected = Elected answer
headline-so-far = Answer so far
headline-empty = The answer is empty: nothing was written before the end.
headline-more = Show the whole answer
headline-less = Show less

headline-right = ✓ Right
headline-wrong = ✗ Wrong
    .truth = The right answer: { $truth }
headline-broke-off = ⚠ Did not finish

headline-helped = ✓ Helped here: alone, { $right } of { $of } { $right ->
    [one] was
   *[other] were
} right.
    .title = One question shows what happened, not what will happen. Measure compares on many.
headline-harmed = ✗ Harmed here: alone, { $right } of { $of } { $right ->
    [one] was
   *[other] were
} right.
    .title = One question shows what happened, not what will happen. Measure compares on many.
headline-cannot = ? Cannot tell whether this helped: alone, { $right } of { $of } { $right ->
    [one] was
   *[other] were
} right.
    .title = One question shows what happened, not what will happen. Measure compares on many.

headline-unanimous = { $of ->
    [2] Both agreed.
   *[other] All { $of } agreed.
}
headline-votes = { $votes } of { $of } gave this answer.
headline-tie = A tie: { $n } answers with { $votes ->
    [one] one vote
   *[other] { $votes } votes
} each, of { $of }. The first was taken.
headline-first-place-tied = A tie for first place between { $n } answers. The first was taken.
headline-candidate = Written by { $name }, elected out of { $of ->
    [one] one answer
   *[other] { $of } answers
}.
headline-candidate-of = Answer { $answer } of { $name }, elected out of { $of } answers.
headline-candidate-pasted = Pasted answer { $answer }, elected out of { $of } answers.
headline-all-given = Its whole text was given; nothing was added.
headline-one-voice = { $name } decided every token: all other weights are 0.
headline-together = { $n } members wrote it together, token by token.
headline-chosen = { $name } was chosen.
headline-chosen-likeness = { $name } was chosen: the prompt is most like what it is good at.
headline-chosen-agreement = The answer is { $name }’s.
headline-chosen-verdict = The judge chose the answer of { $name }.

headline-cost = Cost
headline-cost-tokens = { $in } tokens in, { $out } out
headline-cost-passes = { $n ->
    [one] one forward pass
   *[other] { $count } forward passes
}
headline-cost-times = { $times }× the tokens of one answer
headline-of-two = By { $name }. { $other } answered “{ $answer }”.
headline-of-two-empty = By { $name }. The answer of { $other } is empty.
