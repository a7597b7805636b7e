# What to notice about a run.

notice-title = What to notice
notice-show = Show it in the picture
notice-name = { $name }
notice-changed = { $what }: { $before } → { $after }. { $effect }
notice-changed-long = { $what } was changed. { $effect }
notice-changed-unset = not set
notice-changed-more = { $n } more
notice-changed-several = { $first }; { $rest }
notice-changed-pair = { $name }: { $value }
notice-changed-weight = Weight of { $name }
notice-changed-from = From token { $step } on, the text differs from the run before.
notice-changed-answer = The answer was “{ $old }” before, and now is “{ $new }”.
notice-changed-otherwise = The answer is another one than before.
notice-changed-nothing = The answer is the same as before.
notice-answer-pasted = pasted answer { $n }
notice-answer-of = answer { $n } of { $name }

## Tokens

notice-tokens-apart = The members’ first choices differed, most clearly at step { $step }: { $wishes }. “{ $token }” was written.
notice-tokens-apart-more = The members’ first choices differed, most clearly at step { $step }: { $wishes }, and others wanted still others. “{ $token }” was written.
notice-wish = { $names } wanted “{ $token }” ({ $p })
notice-wish-of-several = { $names } wanted “{ $token }” ({ $p } on average)
notice-wish-of-many = { $n } members wanted “{ $token }”
notice-tokens-agreed = Members agreed all along: at every one of { $n ->
    [one] one step
   *[other] { $n } steps
} all of them wanted the same token.
notice-tokens-same = At { $n } of { $of } steps all members wanted the same token.
notice-decided = { $name } decided { $n } of { $of } tokens ({ $share }).
notice-decided-with = { $name } decided most: { $n } of { $of } tokens ({ $share }); { $others }.
notice-decided-level-most = Nobody decided most: { $name } decided { $n } of { $of } tokens ({ $share }); { $others }.
notice-decided-also = { $name } decided { $n }
notice-decided-level = { $n ->
    [one] one was level
   *[other] { $n } were level
}
notice-pivotal = { $name } was pivotal at { $n } of { $of }: without it { $example }.
notice-pivotal-with = { $name } was pivotal at { $n } of { $of }: without it { $example }; { $others }.
notice-pivotal-steps = { $n ->
    [one] one step
   *[other] { $n } steps
}
notice-pivotal-certain = { $n ->
    [one] the one step where this is certain
   *[other] the { $n } steps where this is certain
}
notice-pivotal-pooled = { $n ->
    [one] the one step where others counted too
   *[other] the { $n } steps where others counted too
}
notice-pivotal-also = { $name } was at { $n }
notice-pivotal-instead = “{ $other }” would have come first at step { $step } instead of “{ $token }”
notice-pivotal-another = another token would have come first at step { $step }
notice-begun = { $n ->
    [one] The first token was given, not chosen by the members.
   *[other] The first { $n } tokens were given, not chosen by the members.
}
notice-acted = The first member, { $name }, was unsure at { $n } of { $of } steps. Only there were the members pooled.
notice-disputed = The token of the first member, { $name }, was disputed at { $n } of { $of } steps. Only there were the members pooled.
notice-turned = At { $n } of { $of } steps the text took another token than { $name }, the first member, wanted most.
notice-left-out = { $name } was left out at { $n } of { $of } steps, where nobody else had its likeliest token near the top.
notice-weighed = By the weights of the steps, { $name } counted most: { $share } on average.
notice-tokens-nobodys = At step { $step } “{ $token }” was nobody’s first choice, yet together it was the most likely: a compromise.
notice-tokens-least-sure = The model was least sure at step { $step }: “{ $token }” had { $p }, “{ $other }” { $q }.
notice-tokens-sure = At { $n } of { $of } steps its token had a probability of { $p } or more.
notice-tokens-drawn = { $n } of { $of } tokens were drawn although another was more likely, the boldest at step { $step }: “{ $token }” ({ $p }).

## Experts

notice-experts-most = Expert { $expert } of layer { $layer } works hardest: it was chosen for { $n } of { $of } tokens, { $times }× its even share.
notice-experts-even = The work is spread evenly: even the busiest, expert { $expert } of layer { $layer }, has only { $times }× its even share.
notice-experts-never = { $n } of { $of } experts were never chosen, { $most } of them in layer { $layer }.
notice-experts-all = Each of the { $of } experts was chosen at least once.
notice-experts-close = The closest choice was for “{ $token }” in layer { $layer }: expert { $expert } ({ $p }) just beat expert { $other } ({ $q }).
notice-experts-apart = The two prompts went by the most different routes in layer { $layer }: { $share } of the choices fell on other experts.
notice-mixtures-even = { $more } spreads its tokens more evenly: the entropy of a layer’s choices is { $high } of its largest on average, with { $less } { $low }.
notice-steer-same = Steering did not change the text: all { $n } tokens are the same without it.
notice-steer-parted = { $n ->
    [0] Steering changed the answer from its first token on.
    [one] After one token the answer goes another way than without steering.
   *[other] After { $n } tokens the answer goes another way than without steering.
}
notice-steer-answer = Under steering the answer’s tokens have a mean log-probability of { $steered }; without it the model gives the same tokens { $plain }.
notice-steer-plain = The answer without steering has perplexity { $plain } for the model as it is, and { $steered } under steering.
notice-steer-given = The given text has perplexity { $plain } for the model as it is, and { $steered } under steering.

## Elections

notice-vote-same = All { $n } answers are the same, word for word, so there was nothing to decide.
notice-vote-tied = A tie: { $n } answers shared first place, and the first of them was taken.
notice-vote-near = The elected text, { $who }, is { $p } like the others on average; the next comes to { $q }.
notice-vote-close = It was close: the elected text, { $who }, is { $p } like the others on average, the next { $q }.
notice-vote-unlike = The elected text, { $who }, is not the one most like the others ({ $p }); that is { $other }. The rule decided otherwise.
notice-vote-repeated = { $n } of { $of } answers are the elected one, word for word.
notice-vote-rules = { $n } of { $of } other rules would have elected another answer.
notice-vote-rules-agree = { $of ->
    [one] The other rule would have elected
   *[other] All { $of } other rules would have elected
} the same answer.
notice-vote-hangs = It hangs on one ballot: without that of { $who }, “{ $answer }” would have been elected.

## Answers

notice-agreed-wrong = { $n ->
    [2] Both agreed
   *[other] All { $n } agreed
}, and were wrong together: agreement is not truth.
notice-tied = A tie, { $votes ->
    [one] one vote
   *[other] { $votes } votes
} each: “{ $first }” was taken because it came first; { $others } had as many.
notice-agreed-from-start = { $n ->
    [2] Both gave the same answer
   *[other] All { $n } gave the same answer
} before they had read one another, so there was little left to discuss.
notice-nobody-changed = Nobody changed their mind in { $n ->
    [one] one round
   *[other] { $n } rounds
} of reading one another.
notice-agreed-in = From round { $round } on everybody gave the same answer.
notice-changed-to-right = In round { $round } { $name } changed from “{ $before }” to “{ $after }” by itself: from wrong to right.
notice-changed-to-wrong = In round { $round } { $name } changed from “{ $before }” to “{ $after }” by itself: from right to wrong.
notice-changed-between-wrong = In round { $round } { $name } changed from “{ $before }” to “{ $after }” by itself, one wrong answer for another.
notice-changed-unknown = In round { $round } { $name } changed from “{ $before }” to “{ $after }”, which nobody it had read had said.
notice-changed-after-to-right = In round { $round } { $name } followed { $others } from “{ $before }” to “{ $after }”: from wrong to right.
notice-changed-after-to-wrong = In round { $round } { $name } followed { $others } from “{ $before }” to “{ $after }”: from right to wrong.
notice-changed-after-between-wrong = In round { $round } { $name } followed { $others } from “{ $before }” to “{ $after }”, one wrong answer for another.
notice-changed-after-unknown = In round { $round } { $name } followed { $others } from “{ $before }” to “{ $after }”.
notice-nothing-mended = The first answer was left as it was.
notice-mended = The criticism changed the answer from “{ $before }” to “{ $after }”.
notice-mended-same = The criticism changed the text, but not the answer.
notice-stage-unsure = { $name } agreed with itself only { $share } of the time, less than the threshold of { $threshold }, so the next member was asked.
notice-stage-sure = { $name } agreed with itself { $share } of the time; that was enough, and { $n ->
    [one] one member was
   *[other] { $n } members were
} never asked.
notice-stage-last = Even { $name }, the last one asked, stayed below the threshold ({ $share }, not { $threshold }); its most frequent answer was taken all the same.
notice-route = The prompt is most like what { $name } is good at ({ $p }); next comes { $other } ({ $q }).
notice-route-close = It was a close choice: { $name } ({ $p }) was hardly ahead of { $other } ({ $q }).
notice-verdict-sure = The judge named { $name } each time it was asked.
notice-verdict-split = The judge’s verdicts differ: { $share } of them named { $name }; { $other } was named too.
notice-samples-agreed = All { $n } answers agree.
notice-samples = { $n } of { $of } answers ({ $share }) came to the elected one; the others came to { $others ->
    [0] nothing that can be counted
    [one] one other answer
   *[other] { $others } other answers
}.
notice-without-answer = { $n } of { $of } texts gave no answer.

## Any run

notice-cut = { $n ->
    [one] One text was
   *[other] { $n } texts were
} cut off at the length limit ({ $tokens } tokens); nobody knows what would have followed.
notice-cut-answer = The answer was cut off at the length limit ({ $tokens } tokens); raise it to see the rest.
notice-budget = The same budget would buy { $n } samples of { $name }.
notice-speed = { $name } wrote { $n } tokens, about { $rate } a second.
notice-speed-fused = The { $members } members wrote one text of { $n } tokens together, about { $rate } tokens a second.
notice-speed-several = The { $members } members wrote { $n } tokens between them, about { $rate } a second in all.
