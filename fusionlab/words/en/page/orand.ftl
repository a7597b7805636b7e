# The mean as "or" against the product as "and": recorded prompts in which they differ.

orand-title = Mean or product: “or” against “and”
orand-about = The mean adds the members’ probabilities up: one member’s strong wish is enough. The product multiplies them: a token that one member hardly allows is out.
orand-prompts = Recorded prompts
orand-mean = Or (mean)
orand-product = And (product)
orand-step = Step { $step }: who wants what, and what each pool makes of it
orand-written = written
orand-open = Open this run
orand-table = This step as a table
orand-mean-wrote = The mean writes “{ $token }”, with { $p } together, although { $name } alone gives it only { $least }.
orand-product-wrote = The product writes “{ $token }”, with { $p }: no member gives it less than { $least }.
