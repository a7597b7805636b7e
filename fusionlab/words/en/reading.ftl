# Why a text is not read although its form may be right: it is out of bounds.

read-no-file = there is no such file
read-not-utf8 = it is not UTF-8 (byte { $place })
read-too-many-values = more than { $most } values
read-too-deep = nested too deeply
read-too-long = it has more than { $most } characters
read-number-too-long = a number of more than { $most } digits
read-not-finite = { $number } is not a finite number

## Where reading stopped, and why

read-at-column = { $fault } (column { $column })
read-at = { $fault } (line { $line }, column { $column })
json-value = a value is missing
json-name = a name in double quotes is missing
json-colon = a colon is missing after a name
json-comma = a comma is missing
json-more = something follows after its end
json-trailing-comma = a comma stands before the closing bracket
json-open = a text has no closing quote
json-control = a text contains a control character; write a line break as \n
json-escape = a backslash stands before a character that it does not go with
