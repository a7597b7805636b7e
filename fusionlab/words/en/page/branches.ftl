# Branches of a run: another token at a step, and how the text goes on from it.

branches-title = Branches
branches-help = Each line is one way the text went on. A branch leaves its line at the step where another token was put in.
branches-hint = Press another candidate to see how the text would go on from it.
branches-at = Go on with “{ $token }” instead
branches-running = Going on with “{ $token }” at step { $step } …
branches-first = First run
branches-name = Branch { $n }: “{ $token }” at step { $step }
branches-beside = Compare the shown run with
branches-save = Save all branches
branches-large = These branches are too many to survive a reload of the page: save them to keep them.
branches-lost = The branches of this run are no longer kept here.
branches-table = The branches as a table
branches-head-run = Run
branches-head-parent = Leaves
branches-head-step = At step
branches-head-token = Token
branches-head-tokens = Tokens
branches-head-answer = Answer

# What an answer begins with
begun-begins = The answer begins with:
begun-leave-out = Begin anew
begun-given = { $n ->
    [one] Given, not chosen (1 token):
   *[other] Given, not chosen ({ $n } tokens):
}

# Texts next to each other
apart-same = The same text, token for token.
apart-parts = The same until step { $step }: here “{ $mine }”, there “{ $theirs }”.
apart-nothing = (end)
apart-table = Where they part, as a table
apart-head-way = Text
apart-head-step = Parts at step
apart-head-token = Token
apart-head-p = p
