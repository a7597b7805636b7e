# The ladder of fusion: what speaks against it, and what the terminal says.

ladder-needs-checker = the suite { $suite } scores open-ended answers; a ladder needs a suite whose answers are right or wrong
    .hint = choose a suite with a checker, such as zoo-mixed
ladder-few-lessons = { $count } questions are too few to train a rung with
    .hint = { PLACE() ->
        [app] take at least { $fewest }
       *[terminal] take at least { $fewest }, or leave --lessons out
    }
ladder-needs-members = a ladder fuses at least two members; { $count ->
        [0] none was
        [one] one was
       *[other] { $count } were
    } named
    .hint = { PLACE() ->
        [app] add another model under Members
       *[terminal] add another one with --member
    }
ladder-member-twice = { $member } is named { $times ->
        [2] twice
       *[other] { $times } times
    } as a member; it would be fused with itself
    .hint = name each model once, or give the second one an instruction of its own
ladder-none-fits = no level of fusion suits these members: { $cause }
ladder-of-another = { $folder } holds a ladder of other questions or members ({ $members })
    .hint = { PLACE() ->
        [app] change the set-up to begin anew
       *[terminal] give another --out, or the same suite, --items, --seed and members
    }
ladder-no-choosing = something about it is chosen by questions that are not in the test, and the suite has none left
    .hint = ask fewer questions
ladder-no-builder = this version of FusionLab cannot build such a model yet
ladder-no-ancestor = the members have no ancestor in common
    .hint = choose members that were made from one model
ladder-no-training-data = the suite { $suite } has questions to test with and none to train with
ladder-not-built = the model could not be put on the shelf
ladder-not-offered = no ladders are run in the public demo
    .hint = run fusionlab ladder on your own machine

cli-ladder-goes-on = going on with the ladder in { $folder }
cli-ladder-skipped = { $rung }: left out, { $why }
