# 带单位的数，以及代替文字的记号。

number-percent = { $n }%
number-times = { $n } 倍
number-milliseconds = { $n } 毫秒
number-seconds = { $n } 秒
number-minutes = { $minutes } 分 { $s } 秒
number-hours = { $hours } 小时 { $minutes } 分
number-nats = { $n } 奈特
number-nothing = （空）
number-end = 结束
