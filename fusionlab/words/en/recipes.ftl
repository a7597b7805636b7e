# Recipes: their form and fields, settings, conversations; tables from outside; limits of a demo.

## Recipes

recipe-not-toml = the recipe is not TOML: { $said }
recipe-not-for-toml = the recipe cannot be written as TOML: { $said }
recipe-lacks = { $field } is missing
builds-not-listed = { $field } is not a list of builds
    .hint = write each build under a line [[{ $field }]]
builds-changed = the file has several builds, and the options say another one
    .hint = leave these options out, or write them into the file
recipe-field-wrong = { $field }: { $fault }, not { $value }
member-field-wrong = member { $member }: { $field }: { $fault }, not { $value }
member-field-twice = member { $member } has { $field } twice
quotes-broken = unclosed or broken quotes in { $text }: { $said }
setting-unwritten = { $text } is not a setting
    .hint = write it as key=value
turn-unwritten = { $text } is not a turn
    .hint = write it as user:TEXT or assistant:TEXT
description-too-long = short_description has more than { $most } characters

## Settings

setting-of-a-method = { PLACE() ->
        [app] { METHOD($entry) }, { SETTING($setting, $entry) }: { $fault }, not { $value }
       *[terminal] setting { $setting } of { $entry }: { $fault }, not { $value }
    }
    .hint = { PLACE() ->
        [app] change it under Settings
       *[terminal] fusionlab methods says what { $entry } takes
    }
setting-of-a-builder = { PLACE() ->
        [app] { SETTING($setting, $entry) }: { $fault }, not { $value }
       *[terminal] setting { $setting } of { $entry }: { $fault }, not { $value }
    }
    .hint = { PLACE() ->
        [app] change it in the form
       *[terminal] { $entry } takes { $known }
    }
setting-of-a-rule = { PLACE() ->
        [app] { CHOICE("method", $entry) }, { SETTING($setting, "merge") }: { $fault }, not { $value }
       *[terminal] setting { $setting } of { $entry }: { $fault }, not { $value }
    }
    .hint = { PLACE() ->
        [app] change it in the form
       *[terminal] { $entry } takes { $known }
    }
setting-of-a-study = { PLACE() ->
        [app] { SETTING($setting, $entry) }: { $fault }, not { $value }
       *[terminal] setting { $setting } of { $entry }: { $fault }, not { $value }
    }
    .hint = { PLACE() ->
        [app] change it in the form
       *[terminal] { $entry } takes { $known }
    }
lacking = it is missing
not-yes-or-no = it should be true or false
not-a-number = it should be a number
not-a-whole-number = it should be a whole number
not-finite = it should be a finite number
not-a-text = it should be a text
not-a-list = it should be a list
not-a-table = it should be a table of fields
not-one-of = it should be one of { $expected }
not-from = it should be greater than or equal to { $ge }
not-above = it should be greater than { $gt }
not-up-to = it should be less than or equal to { $le }
not-below = it should be less than { $lt }
too-many-items = it should have { $max_length ->
        [one] at most one item
       *[other] at most { $max_length } items
    }
too-few-items = it should have { $min_length ->
        [one] at least one item
       *[other] at least { $min_length } items
    }
too-many-characters = it should have { $max_length ->
        [one] at most one character
       *[other] at most { $max_length } characters
    }
too-few-characters = it should have { $min_length ->
        [one] at least one character
       *[other] at least { $min_length } characters
    }
not-of-the-form = it should have the form { $pattern }
not-known = there is no such field
not-nothing = it should be empty
fault-quoted = “{ $said }”

## Builders

id-of-a-model = a model cannot have the id { $id }
    .hint = use up to 64 lower-case letters, digits, dots, dashes and underscores
sources-too-few = { $least ->
        [one] { $builder } needs at least one source, not { $count }
       *[other] { $builder } needs at least { $least } sources, not { $count }
    }
    .hint = add models that the new one is to be made of
sources-too-many = { $most ->
        [one] { $builder } takes at most one source, not { $count }
       *[other] { $builder } takes at most { $most } sources, not { $count }
    }
    .hint = remove sources, or choose a builder that takes several

## Conversations

-turn-form = write each turn as {"{"}"role": "user", "content": "…"{"}"}, with the role user or assistant
-in-turn = the user begins, and user and assistant take turns: join what one of them says in a row, and leave out what the assistant says first
messages-no-list = messages is not a list of turns: { $value }
    .hint = { -turn-form }
turn-no-table = turn { $number } of messages is not a turn: { $value }
    .hint = { -turn-form }
turn-without-text = turn { $number } of messages has no text as its content
    .hint = { -turn-form }
turn-of-another-role = turn { $number } of messages has the role { $role }
    .hint = { -turn-form }
turn-of-the-system = turn { $number } of the conversation is a system turn
    .hint = leave it out and give the members its text as their instruction (system)
turn-of-the-assistant = turn { $number } of the conversation is the user's, but it is the assistant's turn
    .hint = { -in-turn }
turn-of-the-user = turn { $number } of the conversation is the assistant's, but it is the user's turn
    .hint = { -in-turn }
turn-empty = turn { $number } of the conversation is empty
    .hint = write what was said, or leave out this turn and the one after it
turn-of-the-assistant-last = the conversation ends with a turn of the assistant
    .hint = end it with what the user asks next
turns-too-many = the conversation has { $turns } turns; it may have up to { $most }
    .hint = leave out the oldest
begin-not-with-method = { METHOD($method) } cannot go on from an answer that is begun
    .hint = choose one of { METHOD($methods) }, or leave out what the answer begins with
begin-needs-logits = { $ref } cannot go on from an answer that is begun: it does not give whole distributions
    .hint = choose a local model, or leave out what the answer begins with
begin-too-long = the answer begins with { $tokens } tokens, but may have { $most } in all
    .hint = allow a longer answer, or begin with less
begin-read-anew = what the answer begins with was read anew: its tokens belong to another vocabulary
    .hint = the same members as in the run it comes from read it exactly
branch-no-step = the run has no step { $step } to branch at
    .hint = choose a step of the run that is shown
branch-no-candidate = step { $step } has no such candidate to go on from
    .hint = choose one of the candidates of that step that is text
branch-too-late = there is no branching at step { $step }: the text before it is not known token by token, or has more than { $most } tokens
    .hint = choose an earlier step, or run it anew
branches-too-many = there are { $most } branches already
    .hint = save them, and begin anew with one of them
text-given-unevenly = a given text has not as many tokens as ids
prompt-and-messages = there are both a prompt and messages
    .hint = leave one of them out: a prompt is the short form of a conversation of one turn

## Tables

-quotes = put a text with quotes, line breaks or the separator in it into double quotes
sheet-empty = { $name } is empty
    .hint = its first line must name the columns
sheet-quote-open = { $name }, line { $line }: a quote is opened and not closed
    .hint = { -quotes }
sheet-broken = { $name }, line { $line }: { $said }
    .hint = { -quotes }
sheet-columns-of-one-name = { $name } has two columns named { $column }
    .hint = give every column a name of its own

## Limits of a demo

-at-home = run FusionLab on your own machine for more
limit-tokens = this demo takes up to { $most } tokens, not { $asked }
    .hint = { -at-home }
limit-setting = this demo takes up to { $most } for { SETTING($setting) }, not { $asked }
    .hint = { -at-home }
limit-text = this demo takes up to { $most } bytes of text, not { $asked }
    .hint = { -at-home }
limit-members = this demo takes up to { $most } members, not { $asked }
    .hint = { -at-home }
limit-items = this demo takes up to { $most } items, not { $asked }
    .hint = { -at-home }
limit-contenders = this demo takes up to { $most } methods and members, not { $asked }
    .hint = { -at-home }
limit-seconds = this demo stops after { $seconds } s
    .hint = { -at-home }
limit-models = this demo offers { $offered }, not { $ref }
    .hint = { -at-home }
limit-no-building = this demo builds no models
    .hint = run FusionLab on your own machine
limit-no-text = this demo takes no { $setting }
    .hint = leave it empty
limit-no-data = this demo reads no data
    .hint = choose a suite that makes its own questions
