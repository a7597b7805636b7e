# Texts as they grow, and the turns of a conversation before its question.

texts-waiting = The text will appear here.
texts-empty = nothing was written
texts-answer = { $name }, answer { $n }
texts-length = { $n ->
    [one] one character
   *[other] { $count } characters
}
texts-without = There is no picture of the tokens here: { $engine } handed over the text without its probabilities. On the tab Tokens, “Token ensemble” with this one member shows every token.
