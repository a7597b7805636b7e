# The head of the page.

frame-promise = See, measure and teach how language models can be fused.
frame-language = Language
frame-in-en = English
frame-in-zh = 中文
frame-language-unknown = There is no “{ $unknown }” here, so this page is in English.
frame-dark = Dark
frame-large = Projector
frame-close = Close
frame-copy = Copy this
frame-not-language = Unknown language
frame-not-link = This link cannot be shown
frame-not-file = This run cannot be opened
frame-open = Open a recorded run
