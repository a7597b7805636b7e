# Commands: the files they read and write, and their options.

# Places in a file, and where a text came from that was in none.
at-line = line { $number }
at-item = item { $number }
standard-input = standard input

## Any file

cli-no-file = there is no file { $file }
    .hint = check its name and folder
cli-unreadable = { $file } cannot be read: { $said }
cli-not-utf-8 = { $file } is not text in UTF-8
    .hint = save it as UTF-8
cli-not-json = { $file }, line { $line }: { $said }

## Recipes and conversations

-turns = write each turn as {"{"}"role": "user", "content": "…"{"}"}, with the role user or assistant
cli-no-checkout = { $folder } has no { $file }
    .hint = name a checkout of FusionLab
cli-no-recipe = there is no recipe { $file }
cli-no-messages = there is no file { $file }
    .hint = check its name and folder; - is standard input
cli-messages-not-json = { $name } is not JSON: { $said } (line { $line })
    .hint = { -turns }
cli-no-turns = { $name } holds no turns
    .hint = { -turns }

## Candidates and weights

cli-not-a-list = { $file } is not a JSON list
    .hint = write it as ["one", "another"]
cli-no-candidate = { $file }, { $where }: there is no candidate in it
    .hint = a candidate is a text, or an object with one of the fields { $fields }
cli-not-a-weight = { $given } is not the weight of a member
    .hint = write it as gpt=2,claude=1

## Tables

cli-table-of-another-format = { $file } is none of { $suffixes }
    .hint = convert it to one of them
cli-table-not-of-objects = { $file } is not a list of objects
    .hint = write each row as {"{"}"column": …{"}"}
cli-table-without-rows = { $file } holds no rows
    .hint = the first line names the columns; the rows come after it
cli-table-too-large = { $file } has { $rows } rows of { $columns } columns; up to { $most_columns } columns and { $most_cells } cells are read
    .hint = cut it into several tables
cli-row-too-long = { $file }, line { $line }: it has { $cells } cells, but { $columns } columns are named
    .hint = put a text that has the dividing mark in it into double quotes
cli-out-of-another-format = { $file } is none of { $suffixes }
    .hint = the ending decides the format
cli-out-no-folder = there is no folder { $folder }
    .hint = make it first
cli-out-unwritable = { $file } cannot be written: { $said }
    .hint = free some space, or give another --out
