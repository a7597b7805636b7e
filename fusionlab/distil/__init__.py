"""Knowledge fusion: what several models expect of a text, put together for one model to learn.

FuseLLM, https://arxiv.org/abs/2401.10491. In the order of its steps:

`blocks`      a text is cut so that each piece fits every model
`storing`     what a model expects of each token is stored once (`stored` is the file's form)
`tokens.maps`, a layer below, maps the tokens of one vocabulary to those of another
`alignment`   positions of one text under two tokenizers are put beside each other
`fusion`      a source's distributions move to the target's vocabulary, and are mixed
`losses`      what the target learns of them
"""
