# Knowledge fusion: tokens of several models aligned, their distributions stored, mixed and learned.

tokens-not-the-text = { $name }: its tokens are not the bytes of the text, from byte { $at } on: the text has { $text }, the tokens { $tokens }
    .hint = its tokenizer rewrites what it reads, or lacks characters of it; align this source by dynamic time warping, or leave it out
