# Numbers with their units, and marks that stand for text.

number-percent = { $n }%
number-times = { $n }×
number-milliseconds = { $n } ms
number-seconds = { $n } s
number-minutes = { $minutes } min { $s } s
number-hours = { $hours } h { $minutes } min
number-nats = { $n } nats
number-nothing = (nothing)
number-end = end
