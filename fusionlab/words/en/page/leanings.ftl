# What each expert likes, and with which others it works.

leanings-title = What each expert likes
leanings-term = Lift:
leanings-about = how many times more often an expert gets a token than it gets any token. A liking is named only where chance does not explain it; a few tokens prove nothing. The bars show its share of the tokens, from the beginning of the text to its end.
leanings-layer = Layer { $layer }, { $tokens ->
    [one] one token
   *[other] { $tokens } tokens
} of the prompt and its answer.
leanings-some = { $n ->
    [one] One expert has a liking that chance does not explain.
   *[other] { $n } experts have likings that chance does not explain.
}
leanings-none = { $tokens ->
    [one] One token proves no liking.
   *[other] These { $tokens } tokens prove no liking.
} A longer text may.
leanings-silent = { $n ->
    [one] One expert got no token: { $experts }.
   *[other] { $n } experts got no token: { $experts }.
}
leanings-share = { $n ->
    [one] 1 token
   *[other] { $n } tokens
} · { $share }
leanings-parts = Share of the tokens from beginning to end: { $parts }
leanings-like = { $name }: { $k } of { $n } (95%: { $low } to { $high }), lift { $lift }
leanings-kind-space = blanks and line breaks
leanings-kind-mark = marks of the conversation
leanings-kind-number = numbers
leanings-kind-punctuation = punctuation
leanings-kind-character = Chinese characters
leanings-kind-word = beginnings of words
leanings-kind-part = parts of words
leanings-rest = The other experts
leanings-pairs = Chosen together in layer { $layer }
leanings-pairs-cell = experts { $expert } and { $other } of layer { $layer }: { $n ->
    [one] one token
   *[other] { $n } tokens
}, lift { $lift }
leanings-next = From layer { $layer } (rows) to layer { $next } (columns)
leanings-next-cell = from expert { $expert } of layer { $layer } to expert { $other } of layer { $next }: { $n ->
    [one] one token
   *[other] { $n } tokens
}, lift { $lift }
leanings-most = { $n ->
    [one] 1 token
   *[other] { $n } tokens
}
leanings-cut = Only the { $n } busiest experts of a layer are shown.
leanings-table = Likings as a table
leanings-caption = What the experts of layer { $layer } like
leanings-head-expert = expert
leanings-head-n = tokens
leanings-head-base = of all
leanings-head-like = likes
leanings-head-of = got
leanings-head-interval = 95%
leanings-head-lift = lift
