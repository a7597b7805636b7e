# Texts as they grow, and the turns of a conversation before its question.

texts-waiting = The text will appear here.
texts-empty = nothing was written
texts-answer = { $name }, answer { $n }
texts-length = { $n ->
    [one] one character
   *[other] { $count } characters
}
