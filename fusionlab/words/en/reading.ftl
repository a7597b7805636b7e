# Why a text is not read although its form may be right: it is out of bounds.

read-too-many-values = more than { $most } values
read-too-deep = nested too deeply
read-too-long = it has more than { $most } characters
read-number-too-long = a number of more than { $most } digits
read-not-finite = { $number } is not a finite number
