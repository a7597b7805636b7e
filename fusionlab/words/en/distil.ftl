# Knowledge fusion: tokens of several models aligned, their distributions stored, mixed and learned.

tokens-not-the-text = { $name }: its tokens are not the bytes of the text, from byte { $at } on: the text has { $text }, the tokens { $tokens }
    .hint = its tokenizer rewrites what it reads, or lacks characters of it; align this source by dynamic time warping, or leave it out

distil-no-blocks = there is no text to learn from
    .hint = give a file with some text
distil-block-short = block { $number } has { $tokens ->
        [0] no token
        [one] 1 token
       *[other] { $tokens } tokens
    }: of one token nothing is expected
    .hint = leave it out, or join it to the one before

distil-share-outside = the share of the text itself, λ, must lie between 0 and 1, not { $value }
    .hint = 1 learns from the text alone, 0 from the sources alone; FuseLLM takes 0.9
distil-nothing-learned = none of the { $tokens } tokens in any of the { $rows } rows is to be learned: all labels are masked
    .hint = look at what is masked: where only answers are learned, a row that is cut off within its prompt has none
