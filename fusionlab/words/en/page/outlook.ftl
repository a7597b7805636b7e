# Who else might have won an election, and how much hangs on whom.

outlook-answer-of = { $author } (answer { $n })
outlook-growing = growing
outlook-candidate = candidate { $n }

# What the texts come to
outlook-no-answer = no answer
outlook-share = { $n } of { $of }
outlook-more-answers = { $n ->
    [one] and one more answer
   *[other] and { $n } more answers
}

# Who would win otherwise
outlook-by-rule = By each rule, with likeness measured by { $metric }
outlook-by-metric = By each metric: most like the others on average
outlook-head-rule = rule
outlook-head-metric = metric
outlook-head-elects = elects
outlook-head-that-is = that is
outlook-decided = decided
outlook-agrees-candidate = ✓ the elected one
outlook-agrees-text = = same text
outlook-agrees-answer = = same answer
outlook-agrees-nothing = ≠ another

# How many voters it takes
outlook-jury = How many voters it takes
outlook-jury-table = The panels as a table
outlook-jury-caption = Panels that elect the same, by size
outlook-head-voters = voters
outlook-head-panels = panels that elect the same
outlook-jury-axis = voters on the panel
outlook-jury-dot = { $voters } of { $n } voters: { $share }
outlook-jury-answer = If only some of the { $n } candidates stood and voted, would they elect the same answer? Of the panels of { $half }, { $share } do.
outlook-jury-like = If only some of the { $n } candidates stood and voted, would they elect an answer like it? Of the panels of { $half }, { $share } do.
outlook-jury-always = Even the smallest ones nearly always do.
outlook-jury-never = No smaller panel does so nine times in ten.
outlook-jury-from = From { $voters } voters on, nine in ten do.

# Whose ballot decides
outlook-influence = Whose ballot decides
outlook-influence-about = All candidates stand; one ballot after another is left out.
outlook-influence-none = No single ballot decides it: whichever of the { $n } is left out, the same candidate wins.
outlook-more-voters = { $n ->
    [one] and one more
   *[other] and { $n } more
}
outlook-without-several = Without any one of the ballots of { $voters }, { $winner } would win{ $agrees ->
    [text] , with the same text
    [answer] , with the same answer
   *[nothing] {""}
}.
outlook-without-one = Without the ballot of { $voters }, { $winner } would win{ $agrees ->
    [text] , with the same text
    [answer] , with the same answer
   *[nothing] {""}
}.
outlook-without-own = Without its own ballot, { $winner } would win{ $agrees ->
    [text] , with the same text
    [answer] , with the same answer
   *[nothing] {""}
}.
