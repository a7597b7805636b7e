# An election: candidates, rules, likeness, and how much hangs on whom.

ballots-metric-rouge-l = ROUGE-L
    .about = words that both answers have, in the same order
ballots-metric-char-lcs = Characters
    .about = characters that both answers have, in the same order
ballots-metric-cosine = Meaning
    .about = cosine of the answers’ sentence embeddings
ballots-metric-mixture = Mixture
    .about = weighted mean of the other metrics
ballots-metric-votes = Votes
    .about = share of the texts that come to the same answer
ballots-metric-says = { $name }: { $says }.
ballots-rule-mbr = Most typical
    .about = minimum Bayes risk: most like the others on average
ballots-rule-majority = Majority
    .about = extracted answer with the most ballots behind it, by weight
ballots-rule-borda = Borda count
    .about = most points on ballots that rank all others by likeness
ballots-rule-condorcet = Condorcet
    .about = beats every other one, or most of them, head to head
ballots-rule-ranked-pairs = Ranked pairs
    .about = head-to-head wins, the clearest first
ballots-rule-clusters = Largest group
    .about = most typical of the heaviest group of like answers
ballots-rule-over = { $rule } over { $metric }

ballots-sample = { $name } (answer { $n })
ballots-growing = being written
ballots-cut = broken off
ballots-candidate = candidate { $n }
ballots-named = { $name } (candidate { $n })
ballots-complete = { $n } of { $all } answers complete, no vote yet.
ballots-elected-by = { $name } was elected. What decided: { $by }.
ballots-unanimous = All { $n } come to the same answer; the first of them was taken.
ballots-tied = A tie by { $by } between { $name } and { $others }{ $more ->
    [0] {""}
   *[other] {""} and { $more } more
  }; the first was taken.
ballots-tied-votes = A tie by { $by }, { $score }: { $name } and { $others }{ $more ->
    [0] {""}
   *[other] {""} and { $more } more
  }; the first was taken.
ballots-would = By { $metric } it would have been { $name }.
ballots-elected = elected
ballots-first-of-tie = first of a tie
ballots-in-tie = in the tie
ballots-answer = answer
ballots-in-group = group { $name }, one of { $n }
ballots-weighs = ballot weighs { $weight }
ballots-shared = words shared: { $share }
ballots-groups = { $n ->
    [one] Like answers form a group: { $sizes }
   *[other] Like answers form groups: { $sizes }
  }{ $alone ->
    [0] .
    [one] ; one answer is unlike the others.
   *[other] ; { $alone } answers are unlike the others.
  }
ballots-group-size = group { $name } with { $n } answers
ballots-groups-none = Every answer is unlike all others.
ballots-groups-one = All answers are alike: they form one group.
ballots-ranked-by = Ranked by
ballots-light = Highlight shared words
ballots-light-before = A highlighted word also stands in
ballots-light-after = of the other candidates. The share on a card is the average over its words.
ballots-lit-first = Of { $all } candidates only the first { $lit } are highlighted.
ballots-lit-beginnings = Of each text only the first { $characters } characters are highlighted.

ballots-rest = { $n ->
    [one] Show one more answer
   *[other] Show { $n } more answers
  }
ballots-tally = The answers in the texts
ballots-of = { $n } of { $all }
ballots-more-answers = { $n ->
    [one] and one more answer
   *[other] and { $n } more answers
  }
ballots-otherwise = Who would win otherwise
ballots-by-rule = By each rule, over { $metric }
ballots-by-metric = By each metric: most like the others on average
ballots-head-rule = rule
ballots-head-metric = metric
ballots-head-elects = elects
ballots-head-that-is = compared with the result
ballots-head-candidate = candidate
ballots-head-voters = voters
ballots-decided = decided
ballots-agrees-candidate = the elected one
ballots-agrees-text = same text
ballots-agrees-answer = same answer
ballots-agrees-not = another

ballots-alike-in = Alike in what
ballots-likeness = How alike each pair is
ballots-likeness-table = The similarities as a table
ballots-words-characters = In Chinese text every character counts as a word.
ballots-pasted = pasted
ballots-embedded-beside = A small embedding model compared the meanings, computed with { $engine }.
ballots-embedded = A small embedding model compared them, computed with { $engine }.
ballots-words-jieba = Chinese text was cut into words by jieba.
ballots-best = The best { $shown } of { $all } are shown.
ballots-numbered = Rows and columns are numbered as the candidates are, not by rank.
ballots-choose-cell = Choose a cell to see both texts.
ballots-pairs = Pairwise similarity
ballots-pairs-by = Pairwise similarity, { $metric }
ballots-pair = { $a } and { $b }: { $value }
ballots-text-of = Text of { $name }

ballots-stakes = Whose ballot matters, and how much
ballots-jury = How many voters it takes
ballots-jury-question = If only some of the { $n } candidates stood and voted, would they elect { $same ->
    [same] the same answer
   *[like] an answer like it
  }? Of the panels of { $half }, { $share } do.
ballots-jury-always = Even the smallest ones nearly always do.
ballots-jury-never = No smaller panel does so nine times in ten.
ballots-jury-from = From { $n } voters on, at least nine in ten do.
ballots-panels = panels that elect the same
ballots-panels-table = The panels as a table
ballots-panels-by-size = Panels that elect the same, by size
ballots-voters = voters on the panel
ballots-voters-share = { $n } of { $all } voters: { $share }
ballots-hangs = Whose ballot decides
    .about = Everybody stands, and one ballot after the other is left out.
ballots-hangs-none = No single ballot decides it: whichever of the { $n } is left out, the same candidate wins.
ballots-change-own = Without its own ballot, [winner] would win.
ballots-change = { $n ->
    [one] Without the ballot of [ballots], [winner] would win.
   *[other] Without any one of the ballots of [ballots]{ $more ->
       [0] {""}
      *[other] {""} and { $more } more
     }, [winner] would win.
  }
ballots-change-text = It has the same text.
ballots-change-answer = It has the same answer.
