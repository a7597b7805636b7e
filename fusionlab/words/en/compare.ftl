# Comparisons: one prompt and one set of members under several methods.

## Recipes

compare-too-deep = this is not a comparison: it is nested too deeply
compare-setting-unwritten = { $text } is not a setting of a method
    .hint = write it as METHOD.key=value
compare-setting-of-none = the setting { $text } comes before any method
    .hint = name the method first, or write it as METHOD.key=value
kind-method-compared = method in this comparison
compare-without-members = there are no members to compare methods with
    .hint = { PLACE() ->
        [app] add at least one with “Add member”
       *[terminal] add at least one with --member
    }
compare-too-many-ways = these are { $count } ways to answer; a comparison takes up to { $most }
    .hint = choose fewer methods or fewer members
compare-none-suits = none of these methods suits these members: { $reasons }
    .hint = choose other methods, or other members
compare-reasons = { $before }; { $reason }

## Files

compare-file-none = { $name } is not a recorded comparison
    .hint = { PLACE() ->
        [app] “Download this comparison” writes one
       *[terminal] fusionlab compare --out writes one
    }
compare-file-of-another = { $name } holds another comparison
    .hint = give another --out, or the same prompt, members, methods and settings to go on
compare-no-way = { $number } is not the number of a way

## The command line

compare-kept = { $n ->
        [one] One way in { $file } is finished and kept; only the others are run.
       *[other] { $n } ways in { $file } are finished and kept; only the others are run.
    }
compare-begins = { $number } of { $of }: { $way }
compare-over = { $n ->
        [one] One way
       *[other] { $n } ways
    }, { $seconds } s in all.
compare-was-stopped = This comparison was stopped; the same command with --out goes on.
compare-row-waiting = not run
compare-row-stopped = stopped
compare-row-failed = did not run: { $why }
compare-row-unsuited = does not suit: { $why }
compare-no-answer = no answer
compare-column-way = way
compare-column-answer = answer
compare-column-right = right
compare-column-tokens = tokens in + out
compare-column-passes = passes
compare-column-seconds = seconds
compare-column-times = vs. cheapest
compare-right = ✓
compare-wrong = ✗

## The app

compare-without-methods = no method is chosen
    .hint = tick at least one that suits the members

cli-help-compare = one prompt under many methods: answers and costs
cli-help-compare-file = options change it
cli-help-compare-method = several may follow
cli-help-compare-all = every method that suits; the default
cli-help-compare-set = a setting of one method
cli-help-compare-truth = the right answer; no member reads it
cli-help-compare-answer = the kind of answer
cli-help-compare-out = record it; goes on where it stopped
cli-help-compare-share = print the link, and run nothing
