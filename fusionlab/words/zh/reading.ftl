# 文本格式也许没错，但超出了读取的界限。

read-too-many-values = 含有超过 { $most } 个值
read-too-deep = 嵌套过深
read-too-long = 超过 { $most } 个字符
read-number-too-long = 有超过 { $most } 位的数
read-not-finite = { $number } 不是有限的数
